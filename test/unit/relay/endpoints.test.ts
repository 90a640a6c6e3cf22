import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../../functions/core/endpoint.ts';
import { createRelay } from '../../../functions/orthanc/relay/relay.ts';
import { requestsOf } from '../../../functions/orthanc/relay/requests.ts';
import { piecesOf, Script } from './bodies.ts';
import { stage, strike } from './pair.ts';
import {
  answer,
  endpointAt,
  fileOf,
  INSTANCE,
  lengthOf,
  listen,
  recordedOf,
  serving,
  sipping,
  storedAnswer,
  storing,
} from './raw-server.ts';
import { strike as strikeUploads, uploadingTo } from './uploading.ts';

afterEach(strike);
afterEach(strikeUploads);

const FILE = fileOf(3_000_000);

describe('requests', () => {
  test('carry base path, host, port and credentials', () => {
    const endpoint: Endpoint = {
      ...endpointAt('https://host.example:8443/orthanc/'),
      authorization: { kind: 'basic', username: 'jürgen', password: 'p@ss:word' },
    };
    expect(requestsOf(endpoint).get(INSTANCE).split('\r\n')).toEqual([
      `GET /orthanc/instances/${INSTANCE}/file HTTP/1.1`,
      'Host: host.example:8443',
      'User-Agent: orthanc-migrate',
      `Authorization: Basic ${Buffer.from('jürgen:p@ss:word').toString('base64')}`,
      'Accept-Encoding: identity',
      '',
      '',
    ]);
    expect(requestsOf(endpoint).post(5)).toMatch(
      /^POST \/orthanc\/instances HTTP\/1.1\r\n(.+\r\n)*Content-Length: 5\r\n\r\n$/,
    );
  });

  test('carry another authorization header', () => {
    const authorization = { kind: 'header', name: 'X-Api-Key', value: 'secret' } as const;
    expect(requestsOf({ ...endpointAt('http://[::1]/o'), authorization }).post(1)).toContain(
      'POST /o/instances HTTP/1.1\r\nHost: [::1]\r\nUser-Agent: orthanc-migrate\r\nX-Api-Key: secret\r\n',
    );
  });

  test.each([
    ['X\r\nEvil', 'a'],
    ['X', 'a\r\nEvil: b'],
    ['X', 'a\0'],
    ['X', 'Ω'],
  ])('cannot be extended through an authorization header: %j: %j', (name, value) => {
    const endpoint = { ...endpointAt('http://h/'), authorization: { kind: 'header', name, value } as const };
    expect(() => createRelay(endpoint, endpointAt('http://h/'))).toThrow('does not allow');
  });
});

test('an IPv6 address', async () => {
  const stored: Buffer[] = [];
  const target = await listen(async (peer) => {
    stored.push(await peer.bytes(lengthOf((await peer.head()) ?? '')));
    peer.send(storedAnswer());
  });
  // A second server on the same port of the other loopback address.
  const port = Number(target.endpoint.url.port);
  const source = await serving(FILE);
  const six = await listen(async () => undefined);
  await new Promise<void>((resolve) => {
    target.server.close();
    target.server.listen(port, '::1', resolve);
  });
  const pair = createRelay(source.endpoint, endpointAt(`http://[::1]:${port}/`));
  expect(await pair.relay({ instance: INSTANCE, recorded: recordedOf(FILE) })).toMatchObject({ kind: 'stored' });
  for (const one of [pair, source, target, six]) await one.close();
});

describe('TLS', () => {
  let home = '';
  const pem = (name: string) => readFileSync(join(home, name), 'utf8');
  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'relay-tls-'));
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'];
    const files = ['-keyout', join(home, 'key.pem'), '-out', join(home, 'cert.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
      stdio: 'ignore',
    });
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  const secure = (script: Parameters<typeof listen>[0], options: TlsOptions = {}) =>
    listen(script, (listener) => {
      const server = createTlsServer({ key: pem('key.pem'), cert: pem('cert.pem'), ...options }, listener);
      server.on('tlsClientError', () => undefined);
      return server;
    });
  const https = (endpoint: Endpoint, more: Partial<Endpoint> = {}): Endpoint => ({
    ...endpoint,
    url: new URL(endpoint.url.href.replace('http:', 'https:')),
    ...more,
  });

  test('both ways, many times over one connection', async () => {
    const stored: Buffer[] = [];
    const source = await secure(async (peer) => {
      while (await peer.head()) peer.send(answer(200, FILE));
    });
    const target = await secure(async (peer) => {
      for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
        stored.push(await peer.bytes(lengthOf(head)));
        peer.send(storedAnswer());
      }
    });
    const tls = { ca: pem('cert.pem') };
    const { move } = await stage(
      { ...source, endpoint: https(source.endpoint, { tls }) },
      { ...target, endpoint: https(target.endpoint, { tls }) },
    );
    for (let i = 0; i < 5; i++) expect(await move(FILE)).toMatchObject({ kind: 'stored' });
    expect(stored.length).toBe(5);
    expect(stored.every((body) => body.equals(FILE))).toBe(true);
    expect([source.connections, target.connections]).toEqual([1, 1]);
  });

  test('from and to servers that are slower or faster than the other', async () => {
    const tls = { ca: pem('cert.pem') };
    const file = fileOf(20_000_000);
    const stored: Buffer[] = [];
    const source = await secure(async (peer) => {
      while (await peer.head()) peer.send(answer(200, file));
    });
    const targets = [await secure((peer) => sipping(peer, stored)), await listen((peer) => sipping(peer, stored))];
    for (const target of targets) {
      const to = target === targets[0] ? https(target.endpoint, { tls }) : target.endpoint;
      const { move } = await stage(
        { ...source, endpoint: https(source.endpoint, { tls }) },
        { ...target, endpoint: to },
      );
      expect(await move(file)).toMatchObject({ kind: 'stored' });
      expect(stored.pop()?.equals(file)).toBe(true);
    }
  }, 20_000);

  test('uploads to a server that takes all at once, and to one that takes sips', async () => {
    const tls = { ca: pem('cert.pem') };
    const stored: Buffer[] = [];
    const greedy = await secure(async (peer) => {
      for (let head = await peer.head(); head !== undefined; head = await peer.head()) {
        stored.push(await peer.bytes(lengthOf(head)));
        peer.send(storedAnswer());
      }
    });
    const files = [fileOf(3000), FILE, fileOf(20_000_000)];
    for (const target of [greedy, await secure((peer) => sipping(peer, stored))]) {
      const { play } = await uploadingTo({ ...target, endpoint: https(target.endpoint, { tls }) });
      for (const file of target === greedy ? files : files.slice(2)) {
        expect(await play(new Script(piecesOf(file, [200_001])))).toMatchObject({ kind: 'stored' });
        expect(stored.pop()?.equals(file)).toBe(true);
      }
    }
    expect(greedy.connections).toBe(1);
  }, 20_000);

  test('with a client certificate', async () => {
    const source = await secure(
      async (peer) => {
        while (await peer.head()) peer.send(answer(200, FILE));
      },
      { requestCert: true, rejectUnauthorized: true, ca: pem('cert.pem') },
    );
    const tls = { ca: pem('cert.pem'), cert: pem('cert.pem'), key: pem('key.pem') };
    const { move } = await stage({ ...source, endpoint: https(source.endpoint, { tls }) }, storing([]));
    expect(await move(FILE)).toMatchObject({ kind: 'stored' });
  });

  test('to a server whose certificate nobody vouches for', async () => {
    const source = await secure(async () => undefined);
    const { move } = await stage({ ...source, endpoint: https(source.endpoint) }, storing([]));
    expect(await move(FILE)).toEqual({
      kind: 'broken',
      side: 'source',
      breakage: { cause: 'tls', requestSent: false, detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
    });
  });

  test('to a server that speaks plain HTTP', async () => {
    const source = await listen(async (peer) => {
      await peer.bytes(10);
      peer.socket.end(answer(400, ''));
    });
    const { move } = await stage({ ...source, endpoint: https(source.endpoint) }, storing([]));
    expect(await move(FILE)).toMatchObject({ kind: 'broken', breakage: { cause: 'tls', requestSent: false } });
  });

  test('from a server that ends within the body', async () => {
    const source = await secure(async (peer) => {
      await peer.head();
      peer.socket.end(answer(200, FILE).subarray(0, 1_000_000));
    });
    const { move } = await stage(
      { ...source, endpoint: https(source.endpoint, { tls: { ca: pem('cert.pem') } }) },
      storing([]),
    );
    expect(await move(FILE)).toMatchObject({ kind: 'mismatch', expectedBytes: FILE.length });
  });
});
