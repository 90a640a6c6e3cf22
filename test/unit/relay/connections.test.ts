import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createRelay } from '../../../functions/orthanc/relay/relay.ts';
import { until } from '../../support/until.ts';
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
  storedAnswer,
  storing,
} from './raw-server.ts';

afterEach(strike);

const FILE = fileOf(5000);
const LARGE = fileOf(20_000_000);

describe('keeping connections', () => {
  test('drops those that were idle for too long', async () => {
    const [source, target] = [await serving(FILE), await storing([])];
    const { move } = await stage(source, target, { keepMs: 700 });
    await move(FILE);
    await move(FILE);
    expect([source.connections, target.connections]).toEqual([1, 1]);
    await until('the end of idle connections', () => source.open.size + target.open.size === 0);
    await move(FILE);
    expect([source.connections, target.connections]).toEqual([2, 2]);
  });

  test('does not wait for the sweep to see that one is too old', async () => {
    const source = await serving(FILE);
    const { move } = await stage(source, storing([]), { keepMs: 60 });
    await move(FILE);
    const end = performance.now() + 150;
    while (performance.now() < end);
    await move(FILE);
    expect(source.connections).toBe(2);
  });

  test.each([
    ['Connection: close', ['Connection: close']],
    ['Connection: Keep-Alive, Close', ['Connection: Keep-Alive, Close']],
  ])('not after %s', async (_what, headers) => {
    const source = await listen(async (peer) => {
      while (await peer.head()) peer.send(answer(200, FILE, headers));
    });
    const { move } = await stage(source, storing([]));
    await move(FILE);
    await move(FILE);
    expect(source.connections).toBe(2);
  });

  test('not after bytes that belong to no answer', async () => {
    const source = await listen(async (peer) => {
      while (await peer.head()) peer.send(Buffer.concat([answer(200, FILE), Buffer.from('HTTP/1.1')]));
    });
    const { move } = await stage(source, storing([]));
    expect(await move(FILE)).toMatchObject({ kind: 'stored' });
    expect(await move(FILE)).toMatchObject({ kind: 'stored' });
    expect(source.connections).toBe(2);
  });

  test('not after unasked bytes while idle', async () => {
    let unasked = false;
    const target = await listen(async (peer) => {
      await peer.bytes(lengthOf((await peer.head()) ?? ''));
      peer.send(storedAnswer());
      await sleep(20);
      peer.send(answer(408, ''));
      unasked = true;
    });
    const { move } = await stage(serving(FILE), target);
    await move(FILE);
    await until('the unasked bytes', () => unasked);
    await sleep(50);
    expect(await move(FILE)).toMatchObject({ kind: 'stored' });
    expect(target.connections).toBe(2);
  });
});

describe('a kept connection that the server closes just then', () => {
  test('is replaced at once for a GET', async () => {
    const source = await listen(async (peer, number) => {
      await peer.head();
      peer.send(answer(200, FILE));
      if ((await peer.head()) && number === 0) peer.socket.resetAndDestroy();
      else peer.send(answer(200, FILE));
    });
    const { move } = await stage(source, storing([]));
    await move(FILE);
    expect(await move(FILE)).toMatchObject({ kind: 'stored' });
    expect(source.connections).toBe(2);
  });

  test('is replaced only once for a GET', async () => {
    const source = await listen(async (peer, number) => {
      await peer.head();
      if (number > 0) return void peer.socket.resetAndDestroy();
      peer.send(answer(200, FILE));
      await peer.head();
      peer.socket.resetAndDestroy();
    });
    const { move } = await stage(source, storing([]));
    await move(FILE);
    expect(await move(FILE)).toMatchObject({ kind: 'broken', side: 'source', breakage: { cause: 'reset' } });
    expect(source.connections).toBe(2);
  });

  test('is replaced for a POST within its body, with a new GET', async () => {
    const requests: string[] = [];
    const target = await listen(async (peer, number) => {
      for (let posts = 0; ; posts++) {
        const head = await peer.head();
        if (head === undefined) return;
        if (number === 0 && posts === 1) return void peer.socket.resetAndDestroy();
        await peer.bytes(lengthOf(head));
        peer.send(storedAnswer());
      }
    });
    const { move } = await stage(serving(LARGE, requests), target);
    expect(await move(LARGE)).toMatchObject({ kind: 'stored' });
    expect(await move(LARGE)).toMatchObject({ kind: 'stored' });
    expect([target.connections, requests.length]).toEqual([2, 3]);
  });

  test('is reported for a POST whose body was complete', async () => {
    const target = await listen(async (peer) => {
      await peer.bytes(lengthOf((await peer.head()) ?? ''));
      peer.send(storedAnswer());
      await peer.head();
      peer.socket.resetAndDestroy();
    });
    const { move } = await stage(serving(FILE), target);
    await move(FILE);
    expect(await move(FILE)).toEqual({
      kind: 'broken',
      side: 'target',
      breakage: { cause: 'reset', requestSent: true, detail: 'ECONNRESET' },
    });
    expect(target.connections).toBe(1);
  });
});

describe('a server that cannot be reached', () => {
  const relayTo = async (url: string, side: 'source' | 'target') => {
    const other = await (side === 'source' ? storing([]) : serving(FILE));
    const here = endpointAt(url);
    const [source, target] = side === 'source' ? [here, other.endpoint] : [other.endpoint, here];
    const { relay, close } = createRelay(source, target, { connectMs: 200 });
    const result = await relay({ instance: INSTANCE, recorded: recordedOf(FILE) });
    await close();
    await other.close();
    return result;
  };

  test.each(['source', 'target'] as const)('refuses: %s', async (side) => {
    const closed = await storing([]);
    await closed.close();
    expect(await relayTo(closed.endpoint.url.href, side)).toEqual({
      kind: 'broken',
      side,
      breakage: { cause: 'refused', requestSent: false, detail: 'ECONNREFUSED' },
    });
  });

  test('has no name', async () => {
    const result = await relayTo('http://user.invalid/', 'target');
    expect(result).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'dns', requestSent: false } });
    expect(JSON.stringify(result)).not.toContain('user.invalid');
  });

  test('does not answer the connection', async () => {
    // A server that accepts nothing: its queue of connections is full.
    const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 });
    await once(server, 'listening');
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    // TLS to a server that never speaks: the connection is made, the handshake is not.
    const result = await relayTo(`https://127.0.0.1:${port}/`, 'source');
    expect(result).toMatchObject({
      kind: 'broken',
      side: 'source',
      breakage: { cause: 'timeout', requestSent: false, detail: 'connect timed out' },
    });
    server.close();
  });
});

test('one side breaking leaves no connection of the other behind', async () => {
  const source = await serving(LARGE);
  const target = await listen(async (peer) => {
    await peer.bytes(100_000);
    peer.socket.resetAndDestroy();
  });
  const { move } = await stage(source, target);
  expect(await move(LARGE)).toMatchObject({ kind: 'broken', side: 'target' });
  await until("the end of the source's connection", () => source.open.size === 0);
});

describe('many relays at once', () => {
  test('use no more than 32 connections to either server, and all of them end', async () => {
    const [source, stored] = [await serving(FILE), [] as Buffer[]];
    const target = await storing(stored);
    const { move } = await stage(source, target);
    const results = await Promise.all(Array.from({ length: 200 }, () => move(FILE)));
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['stored']));
    expect(stored.length).toBe(200);
    expect(Math.max(source.connections, target.connections)).toBeLessThanOrEqual(32);
  });

  test('those that wait for a connection and are given up leave their place to others', async () => {
    const silent = await listen(async () => undefined);
    const { move } = await stage(silent, storing([]), { answerMs: 150, answerMsPerMegabyte: 0 });
    const given = new AbortController();
    const holding = Array.from({ length: 32 }, () => move(FILE));
    const waiting = Array.from({ length: 40 }, () => move(FILE, { signal: given.signal }));
    const patient = move(FILE);
    given.abort(new Error('given up'));
    const [held, left, last] = await Promise.all([Promise.all(holding), Promise.allSettled(waiting), patient]);
    expect(held.every(({ kind }) => kind === 'broken')).toBe(true);
    expect(left.every(({ status }) => status === 'rejected')).toBe(true);
    expect(last.kind).toBe('broken');
  });
});
