import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ANSWERS } from '../../support/answers.ts';
import { makeInstance, uid } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';

/** Stands in for Orthanc: answers every request with its own body. */
let server: Server;
let proxy: FaultProxy;
let received: Buffer[];

beforeEach(async () => {
  received = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const body = Buffer.concat(chunks);
    received.push(body);
    response.writeHead(200, { 'content-length': body.length }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultProxy(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterEach(async () => {
  await proxy.stop();
  server.closeAllConnections();
  server.close();
});

async function post(body: Buffer, path = 'instances'): Promise<{ status: number; body: Buffer }> {
  const answer = await fetch(proxy.url + path, { method: 'POST', body: new Uint8Array(body) });
  return { status: answer.status, body: Buffer.from(await answer.arrayBuffer()) };
}

test('passes bodies of any size unchanged in both directions and counts them', async () => {
  const large = makeInstance({ bytes: 3_000_000 });
  expect((await post(large)).body.equals(large)).toBe(true);
  expect((await post(Buffer.from('x'))).body.toString()).toBe('x');
  expect(proxy.traffic).toMatchObject({ posted: 2, stored: 2, posting: 0, postedBytes: large.length + 1 });
});

test('answers the first requests itself and lets the others pass', async () => {
  const fault = await proxy.fault({ kind: 'answer', answer: ANSWERS.unavailable, times: 2 });
  const statuses = [];
  for (let index = 0; index < 4; index += 1) statuses.push((await post(Buffer.from('x'))).status);
  expect(statuses).toEqual([503, 503, 200, 200]);
  expect(fault.hits).toBe(2);
  expect(received).toHaveLength(2);
});

test('knows an instance by its SOP Instance UID', async () => {
  await proxy.fault({ kind: 'answer', answer: ANSWERS.badFile, sopInstanceUid: uid('wanted') });
  expect((await post(makeInstance({ sopUid: uid('wanted') }))).status).toBe(400);
  expect((await post(makeInstance({ sopUid: uid('other') }))).status).toBe(200);
  expect([...proxy.traffic.posts.keys()]).toEqual([uid('wanted'), uid('other')]);
});

test('flips exactly one bit', async () => {
  await proxy.fault({ kind: 'flip', where: 'request', at: -1 });
  const sent = makeInstance({ bytes: 300_000 });
  await post(sent);
  const [got = Buffer.alloc(0)] = received;
  expect(got.subarray(0, -1).equals(sent.subarray(0, -1))).toBe(true);
  expect((got.at(-1) ?? 0) ^ (sent.at(-1) ?? 0)).toBe(0x10);
});

test.each(['request', 'response'] as const)('cuts the %s in its middle', async (where) => {
  await proxy.fault({ kind: 'cut', where, times: 1 });
  await expect(post(makeInstance({ bytes: 500_000 }))).rejects.toThrow();
  expect(received).toHaveLength(where === 'request' ? 0 : 1);
  expect((await post(Buffer.from('x'))).status).toBe(200);
});

test('takes the answer away after the server did its work', async () => {
  await proxy.fault({ kind: 'lost', times: 1 });
  await expect(post(Buffer.from('x'))).rejects.toThrow();
  expect(received).toHaveLength(1);
});

test('refuses connections until it is told to accept them', async () => {
  await proxy.refuse();
  await expect(post(Buffer.from('x'))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await proxy.clear();
  expect((await post(Buffer.from('x'))).status).toBe(200);
});

test('refuses connections while nothing listens at the server', async () => {
  const { port } = server.address() as AddressInfo;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(post(Buffer.from('x'))).rejects.toThrow();
  await expect(post(Buffer.from('x'))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await expect(eventually(() => post(Buffer.from('x')))).resolves.toMatchObject({ status: 200 });
});

test('delays both directions', async () => {
  proxy.delay({ request: 60, response: 60 });
  const begin = performance.now();
  await post(Buffer.from('x'));
  expect(performance.now() - begin).toBeGreaterThan(118);
});

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 0; count < 100; count += 1) {
    const result = await attempt().catch(() => undefined);
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return attempt();
}
