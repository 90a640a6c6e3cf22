import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Endpoint, EndpointUnavailable } from '../../../functions/core/endpoint.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { createServers } from '../../../functions/orthanc/servers.ts';
import { until } from '../../support/until.ts';
import { Script } from '../relay/bodies.ts';
import { type Answer, StubServer, system, UNKNOWN } from './stub-server.ts';

const NAME = 'pacs' as EndpointName;
const ANSWERS: Readonly<Record<string, Answer>> = {
  '/system': system(),
  '/statistics': { body: { CountInstances: 1, CountStudies: 1, TotalUncompressedSize: '5' } },
  '/instances': { body: { ID: '11111111-22222222-33333333-44444444-55555555', Status: 'Success' } },
};
const BODY = new Script([Buffer.from('some bytes')]);

/** The token that the server takes; the path that it does not answer yet; what to call to have it answered. */
let valid: string;
let slow: string;
let release: PromiseWithResolvers<void>;
let reached: PromiseWithResolvers<void>;
let stub: StubServer;
let endpoint: Endpoint;
let servers: Servers;
/** Connections that brought a question to the slow path. */
let sockets: Set<unknown>;

const withToken = (value: string): Endpoint => ({
  name: NAME,
  url: new URL(stub.url),
  authorization: { kind: 'header', name: 'Authorization', value },
});
const tokensOf = (path: string) =>
  stub.asked.filter((asked) => asked.path === path).map(({ headers }) => headers.authorization);

beforeEach(async () => {
  [valid, slow] = ['old', ''];
  // One for each test: those of the test before may close late.
  const open = new Set<unknown>();
  sockets = open;
  [release, reached] = [Promise.withResolvers(), Promise.withResolvers()];
  stub = await new StubServer(({ path, headers }, response) => {
    if (headers.authorization !== valid) return { status: 401 };
    const answer = ANSWERS[path] ?? UNKNOWN;
    if (path !== slow) return answer;
    const { socket } = response;
    open.add(socket);
    socket?.once('close', () => open.delete(socket));
    reached.resolve();
    void release.promise.then(() => response.writeHead(200).end(JSON.stringify(answer?.body)));
    return undefined;
  }).start();
  endpoint = withToken('old');
  servers = createServers({ endpoint: async () => endpoint });
});
afterEach(async () => {
  release.resolve();
  await servers.close();
  await stub.stop();
});

test('as long as an endpoint stays the same, connections and what is known of the server do', async () => {
  for (const server of [await servers.server(NAME, 'target'), await servers.server(NAME, 'target')])
    await server.system();
  const [upload, again] = [await servers.upload(NAME), await servers.upload(NAME)];
  for (const one of [upload, again]) expect(await one(BODY.request())).toMatchObject({ kind: 'stored' });
  // Asked once, by the first of them.
  expect(stub.paths().filter((path) => path.endsWith('/metadata'))).toHaveLength(1);
});

test('a server that was handed out before uses credentials that are renewed', async () => {
  const [server, upload] = [await servers.server(NAME, 'target'), await servers.upload(NAME)];
  valid = 'new';
  await expect(server.system()).rejects.toMatchObject({ answer: { status: 401 } });
  expect(await upload(BODY.request())).toMatchObject({ kind: 'answer', answer: { status: 401 } });
  endpoint = withToken('new');
  expect(await server.system()).toMatchObject({ name: 'stub' });
  expect(await upload(BODY.request())).toMatchObject({ kind: 'stored' });
  expect(tokensOf('/instances')).toEqual(['old', 'new']);
});

test('a question under way ends well, and then its connections are closed', async () => {
  slow = '/statistics';
  const server = await servers.server(NAME, 'source');
  const statistics = server.statistics();
  await reached.promise;
  [valid, endpoint] = ['new', withToken('new')];
  await server.system();
  expect(sockets.size).toBe(1);
  release.resolve();
  expect(await statistics).toEqual({ instances: 1, studies: 1, uncompressedBytes: 5 });
  // Sooner than an idle connection is (700 ms).
  await until('the old connection is closed', () => sockets.size === 0, 0.6);
  expect(tokensOf('/statistics')).toEqual(['old']);
});

test('an upload under way ends well', async () => {
  const upload = await servers.upload(NAME);
  slow = '/instances';
  const first = upload(BODY.request());
  await reached.promise;
  [slow, valid, endpoint] = ['', 'new', withToken('new')];
  expect(await upload(BODY.request())).toMatchObject({ kind: 'stored' });
  release.resolve();
  expect(await first).toMatchObject({ kind: 'stored' });
  expect(tokensOf('/instances')).toEqual(['old', 'new']);
});

test('nothing is opened any more once all is closed', async () => {
  const [server, upload] = [await servers.server(NAME, 'target'), await servers.upload(NAME)];
  await servers.close();
  const asked = stub.asked.length;
  await expect(server.system()).rejects.toThrow('the connections are closed');
  await expect(upload(BODY.request())).rejects.toThrow('the connections are closed');
  expect(stub.asked).toHaveLength(asked);
});

test('what an endpoint is cannot be had for a while: its server takes no work, until it can', async () => {
  const raised = new EndpointUnavailable('SECRET_UNREADABLE', 'the secret of endpoint pacs is gone');
  let there = true;
  const fickle = createServers({ endpoint: () => (there ? Promise.resolve(endpoint) : Promise.reject(raised)) });
  const [server, upload] = [await fickle.server(NAME, 'target'), await fickle.upload(NAME)];
  there = false;
  const blocked = { verdict: { retryClass: 'wait', gate: 'SECRET_UNREADABLE' }, message: raised.message };
  for (const attempt of [() => server.system(), () => upload(BODY.request()), () => fickle.server(NAME, 'source')])
    await expect(attempt()).rejects.toMatchObject({ ...blocked, endpoint: NAME });
  await expect(fickle.relay(NAME, NAME)).rejects.toMatchObject({ ...blocked, side: 'source' });
  there = true;
  expect(await server.system()).toMatchObject({ name: 'stub' });
  expect(await upload(BODY.request())).toMatchObject({ kind: 'stored' });
  await fickle.close();
});

test('an endpoint that is unknown is so at once', async () => {
  const unknown = createServers({ endpoint: () => Promise.reject(new Error('unknown')) });
  await expect(unknown.server(NAME, 'source')).rejects.toThrow('unknown');
  await expect(unknown.relay(NAME, NAME)).rejects.toThrow('unknown');
  await unknown.close();
});
