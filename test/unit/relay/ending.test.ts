import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.ts';
import { stage, strike } from './pair.ts';
import { fileOf, listen, serving, storing } from './raw-server.ts';

afterEach(strike);

const LARGE = fileOf(20_000_000);
const HEAD = `HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.length}\r\n\r\n`;

/** The source stops within the body, so that a relay is under way for as long as the test wants. */
const halting = () =>
  listen(async (peer) => {
    await peer.head();
    peer.send(HEAD);
    peer.send(LARGE.subarray(0, 100_000));
  });

describe('an abort', () => {
  test('before the beginning asks nobody', async () => {
    const source = await serving(LARGE);
    const { move } = await stage(source, storing([]));
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(move(LARGE, { signal })).rejects.toThrow('enough');
    expect(source.connections).toBe(0);
  });

  test('rejects with its reason, ends both connections and stores nothing', async () => {
    const stored: Buffer[] = [];
    const [source, target] = [await halting(), await storing(stored)];
    const { move } = await stage(source, target);
    const controller = new AbortController();
    const moving = move(LARGE, { signal: controller.signal });
    await until('both connections', () => source.open.size === 1 && target.open.size === 1);
    controller.abort(new Error('enough'));
    await expect(moving).rejects.toThrow('enough');
    await until('the end of both connections', () => source.open.size + target.open.size === 0);
    expect(stored).toHaveLength(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  test('ends the wait for the target', async () => {
    const target = await listen(async (peer) => void (await peer.head()));
    const { move } = await stage(serving(LARGE), target);
    const controller = new AbortController();
    const moving = move(LARGE, { signal: controller.signal });
    setTimeout(() => controller.abort(), 200);
    await expect(moving).rejects.toThrow('aborted');
  });

  test('ends the wait for bandwidth', async () => {
    const { move } = await stage(serving(LARGE), storing([]));
    const controller = new AbortController();
    const moving = move(LARGE, { signal: controller.signal, throttle: () => new Promise(() => undefined) });
    setTimeout(() => controller.abort(new Error('enough')), 50);
    await expect(moving).rejects.toThrow('enough');
  });

  test('after the end changes nothing, and leaves no listener', async () => {
    const { move } = await stage(serving(LARGE), storing([]));
    const controller = new AbortController();
    await move(LARGE, { signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    controller.abort();
    expect(await move(LARGE)).toMatchObject({ kind: 'stored' });
  });
});

test('an error of the bandwidth limit comes through, and ends both connections', async () => {
  const [source, target] = [await serving(LARGE), await storing([])];
  const { move } = await stage(source, target);
  const throttle = async () => {
    throw new Error('no bandwidth');
  };
  await expect(move(LARGE, { throttle })).rejects.toThrow('no bandwidth');
  await until('the end of both connections', () => source.open.size + target.open.size === 0);
});

describe('close', () => {
  test('ends idle connections', async () => {
    const [source, target] = [await serving(LARGE), await storing([])];
    const { move, close } = await stage(source, target);
    await move(LARGE);
    await close();
    await until('the end of both connections', () => source.open.size + target.open.size === 0);
    await expect(move(LARGE)).rejects.toThrow('closed');
  });

  test('rejects what is under way', async () => {
    const { move, close } = await stage(halting(), storing([]));
    const moving = move(LARGE);
    setTimeout(() => void close(), 50);
    await expect(moving).rejects.toThrow('the relay is closed');
  });
});
