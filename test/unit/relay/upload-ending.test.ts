import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import { piecesOf, Script } from './bodies.ts';
import {
  answer,
  fileOf,
  lengthOf,
  listen,
  orthancError,
  type Peer,
  recordedOf,
  storedAnswer,
  storing,
} from './raw-server.ts';
import { interrupted, strike, uploadingTo } from './uploading.ts';

afterEach(strike);

const LARGE = fileOf(20_000_000);
const SMALL = fileOf(2000);
const large = () => new Script(piecesOf(LARGE, [250_000]));

/** Takes whole bodies on the first POSTs of its first connection, and then does something else. */
const takingUntil = (posts: number, then: (peer: Peer) => void) =>
  listen(async (peer, number) => {
    for (let post = 0; ; post++) {
      const head = await peer.head();
      if (head === undefined) return;
      if (number === 0 && post === posts) return then(peer);
      await peer.bytes(lengthOf(head));
      peer.send(storedAnswer());
    }
  });

describe('answers before the body is complete', () => {
  test.each([
    ['closes', (peer: Peer) => void peer.socket.end()],
    ['stops reading', (peer: Peer) => void peer.socket.pause()],
    ['reads on', () => undefined],
  ])('are reported at once when the server then %s', async (_what, then) => {
    const target = listen(async (peer) => {
      await peer.head();
      peer.socket.pause();
      peer.send(orthancError(413, 1));
      then(peer);
    });
    const { play } = await uploadingTo(target, { idleMs: 5000 });
    const script = large();
    const begin = performance.now();
    expect(await play(script)).toEqual({
      kind: 'answer',
      side: 'target',
      answer: { status: 413, orthanc: true, orthancStatus: 1 },
    });
    expect(performance.now() - begin).toBeLessThan(1500);
    expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
  });

  test('are reported after the piece that is being read, whatever comes of that', async () => {
    for (const step of [() => sleep(200), () => sleep(200).then(() => Promise.reject(new Error('broken, too')))]) {
      const target = listen(async (peer) => {
        await peer.head();
        peer.send(answer(401, ''));
      });
      const { play } = await uploadingTo(target, { idleMs: 5000 });
      const script = new Script(interrupted(LARGE, 2, step));
      expect(await play(script)).toEqual({ kind: 'answer', side: 'target', answer: { status: 401, orthanc: false } });
      expect(script).toMatchObject({ closed: 1, misused: 0 });
    }
  });

  test('of success are no success', async () => {
    const target = listen(async (peer) => {
      await peer.head();
      peer.send(storedAnswer());
    });
    const { play } = await uploadingTo(target);
    expect(await play(large())).toEqual({ kind: 'answer', side: 'target', answer: { status: 200, orthanc: false } });
  });
});

describe('a kept connection that the server closes just then', () => {
  test('is replaced within the body, which is opened anew', async () => {
    const target = await takingUntil(1, (peer) => void peer.socket.resetAndDestroy());
    const { play } = await uploadingTo(target);
    const [first, second] = [large(), large()];
    expect(await play(first)).toMatchObject({ kind: 'stored' });
    expect(await play(second)).toMatchObject({ kind: 'stored', md5: recordedOf(LARGE).md5 });
    expect(second).toMatchObject({ opened: 2, closed: 2, misused: 0 });
    expect(target.connections).toBe(2);
  });

  test('is replaced only once', async () => {
    const target = await listen(async (peer, number) => {
      const head = await peer.head();
      if (number > 0) return void peer.socket.resetAndDestroy();
      await peer.bytes(lengthOf(head ?? ''));
      peer.send(storedAnswer());
      await peer.head();
      peer.socket.resetAndDestroy();
    });
    const { play, post } = await uploadingTo(target);
    await post(SMALL);
    const script = large();
    expect(await play(script)).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'reset' } });
    expect(script).toMatchObject({ opened: 2, closed: 2, misused: 0 });
    expect(target.connections).toBe(2);
  });

  test('is reported when the body was complete: it may be stored', async () => {
    const target = await takingUntil(1, (peer) => void peer.socket.resetAndDestroy());
    const { post } = await uploadingTo(target);
    await post(SMALL);
    expect(await post(SMALL)).toMatchObject({ kind: 'broken', side: 'target', breakage: { requestSent: true } });
    expect(target.connections).toBe(1);
  });
});

describe('a target that breaks', () => {
  test.each([
    ['within the body', 100_000, (peer: Peer) => void peer.socket.resetAndDestroy(), 'reset'],
    ['after the body', LARGE.length, (peer: Peer) => void peer.socket.end(), 'reset'],
    ['by never answering', LARGE.length, () => undefined, 'timeout'],
  ])('%s', async (_when, bytes, then, cause) => {
    const target = listen(async (peer) => {
      await peer.head();
      await peer.bytes(bytes);
      then(peer);
    });
    const { play } = await uploadingTo(target, { answerMs: 200, answerMsPerMegabyte: 0 });
    const script = large();
    expect(await play(script)).toMatchObject({
      kind: 'broken',
      side: 'target',
      breakage: { cause, requestSent: true },
    });
    expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
  });

  test('before anything: it cannot be reached', async () => {
    const target = await storing([]);
    const { play } = await uploadingTo(target);
    await target.close();
    const script = large();
    expect(await play(script)).toEqual({
      kind: 'broken',
      side: 'target',
      breakage: { cause: 'refused', requestSent: false, detail: 'ECONNREFUSED' },
    });
    expect(script).toMatchObject({ opened: 1, closed: 1 });
  });
});

describe('an abort', () => {
  test('before the beginning opens nothing', async () => {
    const { play } = await uploadingTo(storing([]));
    const script = large();
    await expect(play(script, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(script.opened).toBe(0);
  });

  test('ends the connection at once, releases the body when that can be, and stores nothing', async () => {
    const stored: Buffer[] = [];
    const target = await storing(stored);
    const { play } = await uploadingTo(target);
    const controller = new AbortController();
    const { promise: reading, resolve: goOn } = Promise.withResolvers<void>();
    const script = new Script(interrupted(LARGE, 3, () => reading));
    const playing = play(script, { signal: controller.signal });
    playing.catch(() => undefined);
    await until('the connection', () => target.open.size === 1);
    controller.abort(new Error('enough'));
    await until('the end of the connection', () => target.open.size === 0);
    expect(script.closed).toBe(0);
    goOn();
    await expect(playing).rejects.toThrow('enough');
    expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
    expect(stored).toEqual([]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test.each([
    ['the answer', async (peer: Peer) => void (await peer.head()), {}],
    ['bandwidth', async () => undefined, { throttle: () => new Promise<void>(() => undefined) }],
  ])('ends the wait for %s', async (_what, target, more) => {
    const { play } = await uploadingTo(listen(target));
    const controller = new AbortController();
    const script = large();
    const playing = play(script, { signal: controller.signal, ...more });
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(playing).rejects.toThrow('enough');
    expect(script).toMatchObject({ closed: 1, misused: 0 });
  });

  test('is told by its own reason, even if the body gives up in other words', async () => {
    const { play } = await uploadingTo(storing([]));
    const controller = new AbortController();
    const giveUp = async () => {
      controller.abort(new Error('enough'));
      throw new Error('the read was cancelled');
    };
    for (const after of [0, 3]) {
      const script = new Script(interrupted(LARGE, after, giveUp));
      await expect(play(script, { signal: controller.signal })).rejects.toThrow('enough');
    }
  });
});

describe('close', () => {
  test('ends idle connections', async () => {
    const target = await storing([]);
    const { post, close } = await uploadingTo(target);
    await post(SMALL);
    await close();
    await until('the end of the connection', () => target.open.size === 0);
    await expect(post(SMALL)).rejects.toThrow('closed');
  });

  test('rejects what is under way, and releases its body', async () => {
    const { play, close } = await uploadingTo(listen(async () => undefined));
    const script = large();
    const playing = play(script);
    setTimeout(() => void close(), 50);
    await expect(playing).rejects.toThrow('the upload is closed');
    expect(script).toMatchObject({ closed: 1, misused: 0 });
  });
});
