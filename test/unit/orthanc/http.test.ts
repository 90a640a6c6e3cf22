import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import { OrthancError } from '../../../functions/orthanc/errors.ts';
import { type Answer, type Asked, described, StubServer, system, UNKNOWN } from './stub-server.ts';

const ID = '0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a' as OrthancId;
const stubs: StubServer[] = [];
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.stop();
});

async function serve(answer: (asked: Asked, response: ServerResponse) => Answer): Promise<StubServer> {
  const stub = await new StubServer(answer).start();
  stubs.push(stub);
  return stub;
}

async function failure(promise: Promise<unknown>): Promise<OrthancError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  if (!(error instanceof OrthancError)) throw new Error(`expected an OrthancError, got ${String(error)}`);
  return error;
}

describe('requests', () => {
  test('go below the base path, with the credentials', async () => {
    const stub = await serve(() => system());
    await stub.client({ base: 'orthanc/', authorization: { kind: 'basic', username: 'ü', password: 'p:@' } }).system();
    expect(stub.asked[0]?.path).toBe('/orthanc/system');
    expect(stub.asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('ü:p:@').toString('base64')}`);
  });

  test('carry a header of choice', async () => {
    const stub = await serve(() => system());
    await stub.client({ authorization: { kind: 'header', name: 'X-Token', value: 'secret' } }).system();
    expect(stub.asked[0]?.headers['x-token']).toBe('secret');
  });

  test('keep their connection, even though Orthanc announces one second', async () => {
    const sockets = new Set<unknown>();
    const stub = await serve((_, response) => {
      sockets.add(response.socket);
      response.setHeader('keep-alive', 'timeout=1');
      return { body: { CountInstances: 1, CountStudies: 1, TotalUncompressedSize: '1' } };
    });
    const client = stub.client();
    for (let i = 0; i < 10; i++) await client.statistics();
    // The pool may open a second one before the first is free again.
    expect(sockets.size).toBeLessThanOrEqual(2);
  });

  test('are repeated once when the connection is reset', async () => {
    let resets = 1;
    const stub = await serve((_, response) => {
      if (resets-- > 0) return void response.socket?.resetAndDestroy();
      return { body: [ID] };
    });
    expect(await stub.client().studies()).toEqual([ID]);
    resets = 2;
    const error = await failure(stub.client().studies());
    expect(error.breakage).toMatchObject({ cause: 'reset', requestSent: true });
    expect(error.retryClass).toBe('retry');
  });
});

describe('answers', () => {
  test.each([
    ['a page in HTML with status 200', { type: 'text/html', body: '<html>log in</html>' }],
    ['JSON of somebody else with status 200', { body: { ok: true } }],
    ['a redirection', { status: 302 }],
    ['the 404 of a gateway', { status: 404, type: 'text/html', body: '<html></html>' }],
    ['the 404 of Orthanc on a route that it must have', UNKNOWN],
    ['an empty 404', { status: 404 }],
    ['a bad gateway', { status: 502, type: 'text/html', body: '<html></html>' }],
  ] as [string, Answer][])('%s instead of /system is no Orthanc server', async (_, answer) => {
    const stub = await serve(() => answer);
    const error = await failure(stub.client().system());
    expect(error).toMatchObject({ code: 'NOT_ORTHANC', retryClass: 'wait', side: 'source' });
  });

  test('of a gateway are never taken as absence', async () => {
    const stub = await serve(({ path }) =>
      path === '/system' ? system() : { status: 404, type: 'text/html', body: '<html></html>' },
    );
    const client = stub.client();
    for (const ask of [
      () => client.study(ID),
      () => client.series(ID),
      () => client.describedInstances(ID),
      () => client.studyBytes(ID),
      () => client.studiesOf([ID]),
      () => client.recorded([ID]),
    ]) {
      expect((await failure(ask())).code).toBe('NOT_ORTHANC');
    }
  });

  test('of Orthanc that it does not know a resource are absence', async () => {
    const stub = await serve(({ path }) => {
      if (path === '/system') return system();
      // A resource's own route answers without a body.
      return /^\/studies\/[^/]+$/.test(path) ? { status: 404 } : UNKNOWN;
    });
    const client = stub.client();
    expect(await client.study(ID)).toBeUndefined();
    expect(await client.series(ID)).toBeUndefined();
    expect(await client.describedInstances(ID)).toBeUndefined();
    expect(await client.studyBytes(ID)).toBeUndefined();
    expect(await client.studiesOf([ID])).toEqual(new Map());
    expect(await client.recorded([ID])).toEqual(new Map());
  });

  test("without a body count as Orthanc's own where it never describes its errors", async () => {
    const stub = await serve(({ path }) => (path === '/system' ? system() : { status: 404 }));
    const client = stub.client();
    expect(await client.series(ID)).toBeUndefined();
    expect(client.errorsUndescribed).toBe(true);
    const probes = stub.asked.length;
    await client.series(ID);
    expect(stub.asked.length).toBe(probes + 1);
  });

  test('without a body mean nothing while no Orthanc is there', async () => {
    let there = false;
    const stub = await serve(({ path }) => (there && path === '/system' ? system() : { status: 404 }));
    const client = stub.client();
    expect((await failure(client.series(ID))).code).toBe('NOT_ORTHANC');
    there = true;
    expect(await client.series(ID)).toBeUndefined();
  });

  test('keep the OrthancStatus', async () => {
    const stub = await serve(() => described(503, 42));
    const error = await failure(stub.client().statistics());
    expect(error.answer).toEqual({ status: 503, orthanc: true, orthancStatus: 42 });
    expect(error.retryClass).toBe('retry');
  });

  test('show neither credentials nor queries in their texts', async () => {
    const stub = await serve(() => described(500, 1));
    const client = stub.client({ authorization: { kind: 'basic', username: 'reader', password: 'hush' } });
    const { message } = await failure(client.changes(17, 5));
    expect(message).toContain('/changes answered HTTP 500');
    expect(message).not.toMatch(/since|17|hush|reader/);
  });
});
