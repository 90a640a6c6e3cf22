import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { request } from 'undici';
import { breakageOf } from '../../../functions/orthanc/breakage.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
});

async function listen(serve: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function breakage(url: string, options = {}) {
  const error: unknown = await request(url, options).then(
    ({ body }) => body.text().catch((cause: unknown) => cause),
    (cause: unknown) => cause,
  );
  return breakageOf(error);
}

describe('breakageOf names what real connections do', () => {
  test('a port where nobody listens', async () => {
    const address = await listen(() => undefined);
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    expect(await breakage(`http://${address}/`)).toEqual({
      cause: 'refused',
      requestSent: false,
      detail: 'ECONNREFUSED',
    });
  });

  test('a host that does not exist', async () => {
    expect(await breakage('http://nothing.invalid/')).toMatchObject({ cause: 'dns', requestSent: false });
  });

  test('a connection that is reset or closed without an answer', async () => {
    const reset = await listen((socket) => socket.once('data', () => socket.resetAndDestroy()));
    expect(await breakage(`http://${reset}/`)).toMatchObject({ cause: 'reset', requestSent: true });
    const closed = await listen((socket) => socket.once('data', () => socket.end()));
    expect(await breakage(`http://${closed}/`)).toMatchObject({ cause: 'reset', requestSent: true });
  });

  test('a body that ends early', async () => {
    const address = await listen((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')),
    );
    expect((await breakage(`http://${address}/`)).requestSent).toBe(true);
  });

  test('a server that does not answer', async () => {
    const address = await listen((socket) => setTimeout(() => socket.destroy(), 3_000).unref());
    expect(await breakage(`http://${address}/`, { headersTimeout: 100 })).toEqual({
      cause: 'timeout',
      requestSent: true,
      detail: 'UND_ERR_HEADERS_TIMEOUT',
    });
  });

  test('TLS spoken to a server without it', async () => {
    const address = await listen((socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
    expect(await breakage(`https://${address}/`)).toMatchObject({ cause: 'tls', requestSent: false });
  });

  test('another protocol than HTTP', async () => {
    const address = await listen((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n')));
    expect(await breakage(`http://${address}/`)).toMatchObject({ cause: 'protocol', requestSent: true });
  });

  test('the cause inside of a wrapping error, and things that are no errors', () => {
    const inner = Object.assign(new Error('x'), { code: 'CERT_HAS_EXPIRED' });
    expect(breakageOf(new Error('outer', { cause: inner })).cause).toBe('tls');
    expect(breakageOf('text')).toEqual({ cause: 'protocol', requestSent: true, detail: 'unknown' });
  });
});
