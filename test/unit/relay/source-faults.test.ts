import { afterEach, describe, expect, test } from '@jest/globals';
import type { RelayOptions } from '../../../functions/orthanc/relay/options.ts';
import type { RelayRequest } from '../../../functions/orthanc/server.ts';
import { stage, strike } from './pair.ts';
import { answer, fileOf, listen, orthancError, type Peer, recordedOf, serving, storing } from './raw-server.ts';

afterEach(strike);

const FILE = fileOf(300_000);
const HEAD = `HTTP/1.1 200 OK\r\nContent-Type: application/dicom\r\nContent-Length: ${FILE.length}\r\n\r\n`;

/** Where silence is the fault. Elsewhere a busy machine may take its time. */
const IMPATIENT: RelayOptions = { idleMs: 200, answerMs: 200, bodyStartMs: 100 };

interface Case {
  readonly recorded?: RelayRequest['recorded'];
  readonly options?: RelayOptions;
}

/** What becomes of FILE when each connection to the source goes like this, and what the target stored. */
async function outcome(
  script: (peer: Peer, number: number) => Promise<void>,
  { recorded = recordedOf(FILE), options }: Case = {},
) {
  const stored: Buffer[] = [];
  const requests: string[] = [];
  const source = await listen(script);
  const { move } = await stage(source, storing(stored, requests), options);
  const result = await move(FILE, { recorded });
  return { result, stored: stored.length, posts: requests.length, connections: source.connections };
}

const answering = (data: string | Buffer) => async (peer: Peer) => {
  while (await peer.head()) peer.send(data);
};

describe('bytes that are not those recorded', () => {
  test.each([0, 1, 65_000, 299_999])('one damaged at %d', async (at) => {
    const damaged = Buffer.from(FILE);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    const { result, stored } = await outcome(answering(answer(200, damaged)));
    expect(result).toEqual({ kind: 'mismatch', bytes: 300_000, expectedBytes: 300_000, md5: recordedOf(damaged).md5 });
    expect(stored).toBe(0);
  });

  test('a damaged small file never comes near the target', async () => {
    const { result, posts } = await outcome(answering(answer(200, fileOf(1000, 2))), {
      recorded: recordedOf(fileOf(1000, 1)),
    });
    expect(result).toMatchObject({ kind: 'mismatch', bytes: 1000 });
    expect(posts).toBe(0);
  });

  test.each([0, 299_999, 300_001])('%d bytes by Content-Length', async (bytes) => {
    const { result, posts } = await outcome(answering(answer(200, fileOf(bytes), ['Content-Type: application/dicom'])));
    expect(result).toEqual({ kind: 'mismatch', bytes, expectedBytes: 300_000 });
    expect(posts).toBe(0);
  });

  test('the connection is used again after a mismatch that was read to its end', async () => {
    const stored: Buffer[] = [];
    const source = await serving(FILE);
    const { move } = await stage(source, storing(stored));
    const recorded = { size: FILE.length, md5: recordedOf(fileOf(3)).md5 };
    expect(await move(FILE, { recorded })).toMatchObject({ kind: 'mismatch' });
    expect(await move(FILE)).toMatchObject({ kind: 'stored' });
    expect(stored.length).toBe(1);
  });
});

describe('a body that ends early', () => {
  test.each([0, 1000, 299_999])('in an orderly way after %d bytes is a mismatch', async (bytes) => {
    const { result, stored } = await outcome(async (peer) => {
      await peer.head();
      peer.socket.end(Buffer.concat([Buffer.from(HEAD), FILE.subarray(0, bytes)]));
    });
    expect(result).toEqual({ kind: 'mismatch', bytes, expectedBytes: 300_000 });
    expect(stored).toBe(0);
  });

  test.each([0, 100_000])('by a reset after %d bytes is a broken connection', async (bytes) => {
    const { result, stored } = await outcome(async (peer) => {
      await peer.head();
      peer.socket.write(Buffer.concat([Buffer.from(HEAD), FILE.subarray(0, bytes)]), () => {
        setTimeout(() => peer.socket.resetAndDestroy(), 20);
      });
    });
    expect(result).toMatchObject({ kind: 'broken', side: 'source', breakage: { cause: 'reset', requestSent: true } });
    expect(stored).toBe(0);
  });

  test.each([0, 100_000])('by silence after %d bytes is a timeout', async (bytes) => {
    const { result, stored } = await outcome(
      async (peer) => {
        await peer.head();
        peer.send(Buffer.concat([Buffer.from(HEAD), FILE.subarray(0, bytes)]));
      },
      { options: IMPATIENT },
    );
    expect(result).toMatchObject({ kind: 'broken', side: 'source', breakage: { cause: 'timeout', requestSent: true } });
    expect(stored).toBe(0);
  });
});

describe('other answers', () => {
  test.each([
    ['its own errors', orthancError(404, 17), { status: 404, orthanc: true, orthancStatus: 17 }],
    ['a missing file', orthancError(500, 2006), { status: 500, orthanc: true, orthancStatus: 2006 }],
    ['a gateway', answer(502, '<html>Bad</html>', ['Content-Type: text/html']), { status: 502, orthanc: false }],
    ['more than an error needs', answer(500, 'x'.repeat(1_000_000)), { status: 500, orthanc: false }],
    ['a redirection', answer(302, '', ['Location: /login']), { status: 302, orthanc: false }],
    ['a login page', answer(200, '<html/>', ['Content-Type: text/html']), { status: 200, orthanc: false }],
    ['a compressing gateway', answer(200, 'zipped', ['Content-Encoding: gzip']), { status: 200, orthanc: false }],
    ['nothing', 'HTTP/1.1 204 No Content\r\n\r\n', { status: 204, orthanc: false }],
  ])('%s', async (_what, data, expected) => {
    const { result, posts } = await outcome(answering(data));
    expect(result).toEqual({ kind: 'answer', side: 'source', answer: expected });
    expect(posts).toBe(0);
  });

  test('errors without body are Orthanc’s when it describes none', async () => {
    const source = await listen(answering(answer(404, '')));
    const { move } = await stage(source, storing([]), { undescribedErrors: { source: () => true } });
    expect(await move(FILE)).toEqual({ kind: 'answer', side: 'source', answer: { status: 404, orthanc: true } });
  });

  test.each([
    ['garbage', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n'],
    ['length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n'],
    ['another transfer encoding', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n'],
    ['a folded header', 'HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n'],
    ['an endless head', `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}`],
    ['endless interim answers', 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(100)],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ])('%s is a protocol error', async (_what, data) => {
    const { result } = await outcome(answering(data));
    expect(result).toMatchObject({
      kind: 'broken',
      side: 'source',
      breakage: { cause: 'protocol', requestSent: true },
    });
  });
});

test('silence after the request is a timeout', async () => {
  const { result } = await outcome(async (peer) => void (await peer.head()), { options: IMPATIENT });
  expect(result).toMatchObject({ kind: 'broken', side: 'source', breakage: { cause: 'timeout', requestSent: true } });
});

test('an answer may take longer for a larger file', async () => {
  const source = await listen(async (peer) => {
    await peer.head();
    setTimeout(() => peer.send(Buffer.concat([Buffer.from(HEAD), FILE])), 300);
  });
  const { move } = await stage(source, storing([]), { answerMs: 50, answerMsPerMegabyte: 3000 });
  expect(await move(FILE)).toMatchObject({ kind: 'stored' });
});
