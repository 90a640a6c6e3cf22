import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { RelayOptions } from '../../../functions/orthanc/relay/options.ts';
import { stage, strike } from './pair.ts';
import { answer, fileOf, lengthOf, listen, orthancError, type Peer, serving, storedAnswer } from './raw-server.ts';

afterEach(strike);

const LARGE = fileOf(20_000_000);
const SMALL = fileOf(2000);

/** Where silence is the fault. Elsewhere a busy machine may take its time. */
const IMPATIENT: RelayOptions = { idleMs: 200, answerMs: 200, answerMsPerMegabyte: 0 };

async function outcome(file: Buffer, script: (peer: Peer, number: number) => Promise<void>, options?: RelayOptions) {
  const target = await listen(script);
  const { move } = await stage(serving(file), target, options);
  const begin = performance.now();
  const result = await move(file);
  return { result, connections: target.connections, ms: performance.now() - begin };
}

async function whole(peer: Peer): Promise<void> {
  await peer.bytes(lengthOf((await peer.head()) ?? ''));
}

describe('answers', () => {
  test.each([
    ['not DICOM', orthancError(400, 15), { status: 400, orthanc: true, orthancStatus: 15 }],
    ['a full disk', orthancError(507, 19), { status: 507, orthanc: true, orthancStatus: 19 }],
    ['a gateway', answer(503, '<html/>', ['Content-Type: text/html']), { status: 503, orthanc: false }],
    ['a list', answer(200, '[{"ID":"x"}]'), { status: 200, orthanc: false }],
    ['an unknown status', storedAnswer('Maybe'), { status: 200, orthanc: false }],
    ['null', answer(200, 'null'), { status: 200, orthanc: false }],
    ['nothing', answer(200, ''), { status: 200, orthanc: false }],
  ])('%s', async (_what, data, expected) => {
    const { result } = await outcome(SMALL, async (peer) => {
      await whole(peer);
      peer.send(data);
    });
    expect(result).toEqual({ kind: 'answer', side: 'target', answer: expected });
  });

  test('garbage is a protocol error', async () => {
    const { result } = await outcome(SMALL, async (peer) => {
      await whole(peer);
      peer.send('what?\r\n\r\n');
    });
    expect(result).toMatchObject({
      kind: 'broken',
      side: 'target',
      breakage: { cause: 'protocol', requestSent: true },
    });
  });
});

describe('answers before the body is complete', () => {
  test.each([
    ['closes', (peer: Peer) => void peer.socket.end()],
    ['stops reading', (peer: Peer) => void peer.socket.pause()],
    ['reads on', () => undefined],
  ])('are reported at once when the server then %s', async (_what, then) => {
    const { result, ms } = await outcome(LARGE, async (peer) => {
      await peer.head();
      peer.socket.pause();
      peer.send(orthancError(413, 1));
      then(peer);
    });
    expect(result).toEqual({
      kind: 'answer',
      side: 'target',
      answer: { status: 413, orthanc: true, orthancStatus: 1 },
    });
    expect(ms).toBeLessThan(10_000);
  });

  test('end the wait for a slow source', async () => {
    const source = await listen(async (peer) => {
      await peer.head();
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n`);
      peer.send(LARGE.subarray(0, 100_000));
    });
    const target = await listen(async (peer) => {
      await peer.head();
      peer.send(answer(401, ''));
    });
    const { move } = await stage(source, target, { idleMs: 5000 });
    const begin = performance.now();
    expect(await move(LARGE)).toEqual({ kind: 'answer', side: 'target', answer: { status: 401, orthanc: false } });
    expect(performance.now() - begin).toBeLessThan(1500);
  });

  test('of success are no success', async () => {
    const { result } = await outcome(LARGE, async (peer) => {
      await peer.head();
      peer.send(storedAnswer());
    });
    expect(result).toEqual({ kind: 'answer', side: 'target', answer: { status: 200, orthanc: false } });
  });
});

describe('a broken connection', () => {
  test('within the body', async () => {
    const { result } = await outcome(LARGE, async (peer) => {
      await peer.bytes(100_000);
      peer.socket.resetAndDestroy();
    });
    expect(result).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'reset', requestSent: true } });
  });

  test.each([
    ['reset', (peer: Peer) => void peer.socket.resetAndDestroy(), 'reset'],
    ['end', (peer: Peer) => void peer.socket.end(), 'reset'],
    ['silence', () => undefined, 'timeout'],
    ['half an answer', (peer: Peer) => void peer.socket.end(storedAnswer().subarray(0, 20)), 'reset'],
    ['half a body', (peer: Peer) => void peer.socket.end(storedAnswer().subarray(0, -5)), 'reset'],
  ])('after the body: %s', async (_what, then, cause) => {
    const { result, connections } = await outcome(
      SMALL,
      async (peer) => {
        await whole(peer);
        then(peer);
      },
      cause === 'timeout' ? IMPATIENT : {},
    );
    // It may be stored: looking is up to the caller.
    expect(result).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause, requestSent: true } });
    expect(connections).toBe(1);
  });

  test('to a target that takes nothing is a timeout', async () => {
    const { result } = await outcome(
      LARGE,
      async (peer) => {
        await peer.head();
        peer.socket.pause();
      },
      IMPATIENT,
    );
    expect(result).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'timeout', requestSent: true } });
  });

  test('a slow answer is awaited as long as the size of the file explains', async () => {
    const target = await listen(async (peer) => {
      await whole(peer);
      await sleep(400);
      peer.send(storedAnswer());
    });
    const { move } = await stage(serving(LARGE), target, { answerMs: 20, answerMsPerMegabyte: 100, idleMs: 300 });
    expect(await move(LARGE)).toMatchObject({ kind: 'stored' });
  });
});
