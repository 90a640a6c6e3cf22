import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeInstance, orthancIds, uid } from '../../support/dicom.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { piecesOf } from '../../unit/relay/bodies.ts';
import { instancesOf } from './copies.ts';
import { md5Of, Uploading } from './uploads.ts';

/** The ID that Orthanc gives to what `makeInstance` makes of a seed. */
function idOf(seed: number): string {
  const [studyUid, seriesUid, sopUid] = [uid('study', seed), uid('series', seed), uid('sop', seed)];
  return orthancIds({ patientId: `PATIENT${seed}`, studyUid, seriesUid, sopUid }).instance;
}

const DAMAGED = new Error('damaged');

describe.each(['1.10', '1.13'] as const)('Orthanc %s', (version) => {
  let target: RunningOrthanc;
  const uploading = new Uploading();
  beforeAll(async () => {
    target = await startOrthanc({ version });
  }, 60_000);
  afterEach(() => uploading.close());
  afterAll(() => target?.stop());

  const storesNothing = async (work: () => Promise<void>) => {
    const before = await instancesOf(target);
    await work();
    await sleep(300);
    expect(await instancesOf(target)).toBe(before);
  };

  test('files of all sizes arrive as they are, in whatever pieces', async () => {
    const sizes = [
      ...Array.from({ length: 300 }, (_, index) => 1000 + ((index * 7919) % 150_000)),
      5_000_000,
      40_000_000,
    ];
    const { play } = uploading.to(target.url);
    const sent = new Map<string, { readonly size: number; readonly md5: string }>();
    const queue = sizes.entries();
    const worker = async () => {
      for (const [seed, bytes] of queue) {
        const file = makeInstance({ seed, bytes });
        const [size, md5, id] = [file.length, md5Of(file), idOf(seed)];
        sent.set(id, { size, md5 });
        const pieces = piecesOf(file, [1 + ((seed * 104_729) % 300_007), 1 + ((seed * 1299) % 8191)]);
        expect(await play(pieces)).toEqual({ kind: 'stored', bytes: size, md5, id, status: 'Success' });
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const arrived = await inventory(target);
    for (const [id, recorded] of sent) expect(arrived.get(id)).toEqual(recorded);
    expect(await play([makeInstance({ seed: 5, bytes: sizes[5] ?? 0 })])).toMatchObject({ status: 'AlreadyStored' });
  }, 60_000);

  test.each([3000, 100_000, 5_000_000])('a body that raises stores nothing: %d bytes', async (bytes) => {
    const file = makeInstance({ seed: 1000 + bytes / 1000, bytes });
    const pieces = piecesOf(file, [Math.ceil(bytes / 10)]);
    await storesNothing(async () => {
      const { play } = uploading.to(target.url);
      for (const at of [1, 5, pieces.length - 1]) {
        const steps = [...pieces.slice(0, at), DAMAGED, ...pieces.slice(at)];
        await expect(play(steps)).rejects.toBe(DAMAGED);
      }
      await expect(play([...pieces, DAMAGED, Buffer.alloc(0)])).rejects.toBe(DAMAGED);
    });
  });

  test.each([3000, 5_000_000])('a body of another size stores nothing: %d bytes', async (bytes) => {
    const file = makeInstance({ seed: 7000 + bytes / 1000, bytes });
    await storesNothing(async () => {
      const { post } = uploading.to(target.url);
      for (const size of [file.length - 1, file.length + 1, file.length - 2000, file.length + 100_000]) {
        expect(await post(file, { size })).toMatchObject({ kind: 'mismatch', expectedBytes: size });
      }
    });
  });

  test('an abort stores nothing', async () => {
    await storesNothing(async () => {
      const controller = new AbortController();
      let passed = 0;
      const throttle = async (bytes: number) => {
        passed += bytes;
        if (passed > 10_000_000) controller.abort(new Error('enough'));
      };
      const file = makeInstance({ seed: 8000, bytes: 20_000_000 });
      const { signal } = controller;
      await expect(uploading.to(target.url).post(file, { signal, throttle })).rejects.toThrow('enough');
    });
  });

  test('a bandwidth limit is kept, however large the pieces', async () => {
    const file = makeInstance({ seed: 8100, bytes: 1_000_000 });
    const begin = performance.now();
    const throttle = (bytes: number) => sleep(bytes / 1000);
    expect(await uploading.to(target.url).play([file], { throttle })).toMatchObject({
      kind: 'stored',
      md5: md5Of(file),
    });
    expect(performance.now() - begin).toBeGreaterThan(900);
  });

  test('pauses longer than the server keeps idle connections do no harm', async () => {
    const { post } = uploading.to(target.url);
    for (const [index, pause] of [900, 990, 1010, 0].entries()) {
      expect(await post(makeInstance({ seed: 8200 + index, bytes: 200_000 }))).toMatchObject({ status: 'Success' });
      await sleep(pause);
    }
  }, 20_000);

  test('a server that restarts is away, and then takes up where it was', async () => {
    const { post } = uploading.to(target.url);
    const file = (seed: number) => makeInstance({ seed, bytes: 200_000 });
    expect(await post(file(8300))).toMatchObject({ status: 'Success' });
    await target.kill();
    expect(await post(file(8301))).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'refused' } });
    await target.restart();
    expect(await post(file(8301))).toMatchObject({ status: 'Success' });
    expect(await post(file(8300))).toMatchObject({ status: 'AlreadyStored' });
  }, 30_000);

  test('a server that is killed within a file has not stored it', async () => {
    let passed = 0;
    const throttle = async (bytes: number) => {
      const before = passed;
      passed += bytes;
      if (before < 20_000_000 && passed >= 20_000_000) await target.kill();
    };
    await storesNothing(async () => {
      const file = makeInstance({ seed: 8400, bytes: 40_000_000 });
      const result = await uploading.to(target.url).post(file, { throttle });
      expect(result).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'reset', requestSent: true } });
      await target.restart();
    });
  }, 30_000);
});
