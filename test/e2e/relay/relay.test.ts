import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createRelay, type RelayPair } from '../../../functions/orthanc/relay/relay.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { type Copy, endpointOf, fill, instancesOf } from './copies.ts';

const SMALL = Array.from({ length: 1000 }, (_, index) => 1000 + ((index * 7919) % 150_000));
const LARGE = [5_000_000, 20_000_000, 60_000_000];

describe.each([
  ['1.10', '1.13'],
  ['1.13', '1.10'],
] as const)('from Orthanc %s to %s', (from, to) => {
  let source: RunningOrthanc;
  let target: RunningOrthanc;
  let proxy: FaultProxy;
  const pairs: RelayPair[] = [];
  const relayFrom = (url: string) => {
    const pair = createRelay(endpointOf(url), endpointOf(target.url));
    pairs.push(pair);
    return pair.relay;
  };

  beforeAll(async () => {
    [source, target] = await Promise.all([startOrthanc({ version: from }), startOrthanc({ version: to })]);
    proxy = await startFaultProxy(source.url);
  }, 60_000);
  afterEach(async () => {
    for (const pair of pairs.splice(0)) await pair.close();
    await proxy.clear();
  });
  afterAll(async () => {
    await proxy?.stop();
    await Promise.all([source?.stop(), target?.stop()]);
  });

  test('a thousand small and some large files arrive as they are', async () => {
    const copies = await fill(source, [...SMALL, ...LARGE]);
    const relay = relayFrom(source.url);
    const queue = copies.values();
    const worker = async () => {
      for (const copy of queue) {
        const { md5, size } = copy.recorded;
        const stored = { kind: 'stored', bytes: size, md5, id: copy.instance, status: 'Success' };
        expect(await relay(copy)).toEqual(stored);
      }
    };
    await Promise.all([worker(), worker(), worker(), worker(), worker(), worker()]);
    const arrived = await inventory(target);
    for (const { instance, recorded } of copies) expect(arrived.get(instance)).toEqual(recorded);
    expect(await relay(copies[0] as Copy)).toMatchObject({ kind: 'stored', status: 'AlreadyStored' });
  }, 120_000);

  test.each([3000, 300_000, 5_000_000])('a bit flipped on the wire is noticed in time: %d bytes', async (bytes) => {
    const [copy] = await fill(source, [bytes], 5000 + bytes / 1000);
    const before = await instancesOf(target);
    for (const at of [0, Math.floor(bytes / 2), -1]) {
      await proxy.fault({ kind: 'flip', where: 'response', at, times: 1 });
      expect(await relayFrom(proxy.url)(copy as Copy)).toMatchObject({ kind: 'mismatch', bytes: copy?.recorded.size });
    }
    await sleep(200);
    expect(await instancesOf(target)).toBe(before);
  });

  test('an abort stores nothing', async () => {
    const [copy] = await fill(source, [40_000_000], 7000);
    const before = await instancesOf(target);
    const relay = relayFrom(source.url);
    const controller = new AbortController();
    let passed = 0;
    const throttle = async (bytes: number) => {
      passed += bytes;
      if (passed > 20_000_000) controller.abort(new Error('enough'));
    };
    await expect(relay({ ...(copy as Copy), signal: controller.signal, throttle })).rejects.toThrow('enough');
    await sleep(300);
    expect(await instancesOf(target)).toBe(before);
  }, 20_000);

  test('pauses longer than the servers keep idle connections do no harm', async () => {
    const copies = await fill(source, [3000, 3000, 3000, 3000], 8000);
    const relay = relayFrom(source.url);
    for (const [index, copy] of copies.entries()) {
      expect(await relay(copy)).toMatchObject({ kind: 'stored' });
      await sleep([900, 990, 1010, 0][index]);
    }
  }, 20_000);

  test('what the source does not know is its own 404', async () => {
    const copy = { instance: '00000000-00000000-00000000-00000000-00000000', recorded: { size: 1 } };
    expect(await relayFrom(source.url)(copy as Copy)).toMatchObject({
      kind: 'answer',
      side: 'source',
      answer: { status: 404, orthanc: true, orthancStatus: 17 },
    });
  });
});
