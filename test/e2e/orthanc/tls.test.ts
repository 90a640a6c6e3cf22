import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TlsMaterial } from '../../../functions/core/endpoint.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { connectServer } from '../../../functions/orthanc/client.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';

const run = promisify(execFile);

interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A self-signed certificate, good for 127.0.0.1. */
async function certificate(folder: string, name: string): Promise<Certificate> {
  const [cert, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject],
    ...['-keyout', key, '-out', cert],
  ]);
  return { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
}

/**
 * TLS ends before Orthanc, as with most gateways. (Debian's Orthanc 1.10.1 and 1.13.0 themselves crash at the first TLS connection
 * with `SslEnabled`.)
 */
describe('Orthanc behind TLS that asks for a certificate', () => {
  let folder: string;
  let server: RunningOrthanc;
  let gateway: Server;
  let own: Certificate;
  let client: Certificate;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'om-tls-'));
    own = await certificate(folder, 'server');
    client = await certificate(folder, 'client');
    server = await startOrthanc({ version: '1.13' });
    const options = { cert: own.cert, key: own.key, ca: client.cert, requestCert: true, rejectUnauthorized: true };
    gateway = createServer(options, (socket) => {
      const inner = connect(server.port, '127.0.0.1');
      const end = () => void [socket.destroy(), inner.destroy()];
      socket.on('error', end).on('close', end).pipe(inner);
      inner.on('error', end).on('close', end).pipe(socket);
    });
    await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  }, 60_000);

  afterAll(async () => {
    await new Promise((resolve) => gateway.close(resolve));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(tls: TlsMaterial | undefined): Promise<unknown> {
    const url = new URL(`https://127.0.0.1:${(gateway.address() as AddressInfo).port}/`);
    const endpoint = { name: url.href as EndpointName, url, ...(tls ? { tls } : {}) };
    const connected = connectServer(endpoint, 'source');
    try {
      return await connected.system().catch((error: unknown) => error);
    } finally {
      await connected.close();
    }
  }

  test('is reached with its authority and a certificate of ours', async () => {
    expect(await ask({ ca: own.cert, cert: client.cert, key: client.key })).toMatchObject({ version: server.version });
  });

  test('is not trusted without its authority', async () => {
    expect(await ask({ cert: client.cert, key: client.key })).toMatchObject({
      code: 'UNREACHABLE',
      breakage: { cause: 'tls', requestSent: false },
    });
  });

  test('refuses us without a certificate', async () => {
    // With TLS 1.3 the refusal comes after the handshake, and often as no more than a reset.
    expect(await ask({ ca: own.cert })).toMatchObject({
      name: 'OrthancError',
      breakage: { cause: expect.stringMatching(/^(tls|reset)$/) },
    });
  });
});
