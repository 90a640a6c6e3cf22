/** Several files with one identity: sent once, and which of them goes before the others is a matter of the dump's order alone. */
import { link, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { compressedAttachment } from '../../support/compressed.ts';
import { type InstanceSpec, makeInstance, uid } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { filesPosted, importing, importOnce } from './importing.ts';
import { makeObject } from './objects.ts';
import { type Folder, makeFolder, md5 } from './storage.ts';

jest.setTimeout(120_000);

let target: RunningOrthanc;
let proxy: FaultProxy;
let folder: Folder;
let other: Folder;

beforeAll(async () => {
  target = await startOrthanc({ version: '1.13' });
  proxy = await startFaultProxy(target.url);
});

afterAll(async () => {
  await proxy.stop();
  await target.stop();
});

beforeEach(async () => {
  [folder, other] = await Promise.all([makeFolder(), makeFolder()]);
  proxy.resetTraffic();
});

afterEach(async () => {
  await proxy.clear();
  await Promise.all([folder.remove(), other.remove()]);
  for (const id of (await (await fetch(`${target.url}patients`)).json()) as string[])
    await fetch(`${target.url}patients/${id}`, { method: 'DELETE' });
});

/** One identity; `seed` decides the pixels. */
const spec = (seed: number, more: InstanceSpec = {}): InstanceSpec => ({
  patientId: 'TWICE',
  studyUid: uid('twice', 'study'),
  seriesUid: uid('twice', 'series'),
  sopUid: uid('twice', 'sop'),
  seed,
  ...more,
});

const md5s = async () => [...(await inventory(target)).values()].map((stored) => stored.md5);

describe('files with the same identity', () => {
  test('GIVEN the same content under several names THEN it is sent once', async () => {
    const image = makeInstance(spec(1));
    const first = await folder.write('a', image);
    const copies = [
      await folder.write('b', image),
      await folder.write('c', compressedAttachment(image)),
      join(folder.path, 'd'),
      join(folder.path, 'e'),
    ];
    await link(first, copies[2] ?? '');
    await symlink(first, copies[3] ?? '');
    const { end, row } = await importOnce(folder.path, proxy.url);
    expect(row(first).code).toBe('STORED');
    for (const copy of copies) expect(row(copy)).toMatchObject({ code: 'DUPLICATE', otherFile: first });
    expect(end).toMatchObject({ exitCode: 0, counts: { success: 1, skipped: copies.length, sent: 1 } });
    expect(filesPosted(proxy.traffic)).toBe(1);
  });

  test.each(['sr', 'pdf'] as const)('GIVEN an object without pixels (%s) twice THEN it is sent once', async (kind) => {
    const object = makeObject(kind, 1);
    const first = await folder.write('a', object);
    const second = await folder.write('b', object);
    const { row } = await importOnce(folder.path, proxy.url);
    expect([row(first).code, row(second).code]).toEqual(['STORED', 'DUPLICATE']);
    expect(filesPosted(proxy.traffic)).toBe(1);
  });

  test.each([
    ['small, large', 5000, 900_000],
    ['large, small', 900_000, 5000],
  ])('GIVEN other content (%s) THEN the first in order is taken, and both are named', async (_, first, second) => {
    const contents = [makeInstance(spec(1, { bytes: first })), makeInstance(spec(2, { bytes: second }))] as const;
    const taken = await folder.write('a', contents[0]);
    const left = await other.write('b', contents[1]);
    // As a folder's order is that of its names, the order of arguments does not matter.
    const [low, high] = folder.path < other.path ? [taken, left] : [left, taken];
    const winner = low === taken ? contents[0] : contents[1];
    for (const paths of [
      [folder.path, other.path],
      [other.path, folder.path],
    ]) {
      const { end, row } = await importOnce(paths, proxy.url);
      expect(row(high)).toMatchObject({ outcome: 'warning', code: 'DUPLICATE_CONFLICT', otherFile: low });
      expect(row(low).outcome).toBe('success');
      expect(end.exitCode).toBe(1);
      expect(await md5s()).toEqual([md5(winner)]);
    }
    expect(filesPosted(proxy.traffic)).toBe(1);
  });

  test('GIVEN a first file that fails THEN the second one takes its place', async () => {
    const whole = compressedAttachment(makeInstance(spec(1, { bytes: 50_000 })));
    const damaged = await folder.write('a', whole.subarray(0, whole.length - 40));
    const content = makeInstance(spec(2));
    const good = await folder.write('b', content);
    const { end, row } = await importOnce(folder.path, proxy.url);
    expect(row(damaged).code).toBe('FILE_DAMAGED');
    expect(row(good).code).toBe('STORED');
    expect(end.exitCode).toBe(6);
    expect(await md5s()).toEqual([md5(content)]);
  });

  test('GIVEN a target that has other content THEN the policy decides, and each file is told of', async () => {
    const there = makeInstance(spec(1));
    const content = makeInstance(spec(2));
    await upload(target.url, [there]);
    const file = await folder.write('a', content);
    const outcomes = { 'keep-target': 'CONFLICT_KEPT', fail: 'CONFLICT' } as const;
    for (const [policy, code] of Object.entries(outcomes)) {
      const { end, row } = await importOnce(folder.path, proxy.url, '--conflict', policy);
      expect(row(file)).toMatchObject({ code, md5Source: md5(content), md5Target: md5(there) });
      expect(end.exitCode).toBe(policy === 'fail' ? 6 : 1);
    }
    expect(filesPosted(proxy.traffic)).toBe(0);
    expect(await md5s()).toEqual([md5(there)]);
  });

  test('GIVEN a target that may be overwritten THEN it has the new content', async () => {
    const content = makeInstance(spec(2));
    const file = await folder.write('a', content);
    const overwriting = await startOrthanc({ version: '1.13', config: { OverwriteInstances: true } });
    try {
      await upload(overwriting.url, [makeInstance(spec(1))]);
      const { row } = await importOnce(folder.path, overwriting.url, '--conflict', 'overwrite');
      expect(row(file).code).toBe('STORED');
      expect([...(await inventory(overwriting)).values()].map((one) => one.md5)).toEqual([md5(content)]);
    } finally {
      await overwriting.stop();
    }
  });

  test('GIVEN an import that is done THEN a second one sends nothing', async () => {
    const contents = [1, 2, 3, 4].map((seed) => makeInstance({ seed }));
    for (const [at, content] of contents.entries())
      await folder.store(at % 2 === 0 ? content : compressedAttachment(content));
    const job = await importing(folder.path, proxy.url);
    try {
      expect((await job.import()).byCode).toEqual({ STORED: contents.length });
      expect(filesPosted(proxy.traffic)).toBe(contents.length);
      const again = await job.import();
      expect(again.byCode).toEqual({ ALREADY_PRESENT: contents.length });
      expect(again.end).toMatchObject({ exitCode: 0, counts: { sent: 0, alreadyThere: contents.length } });
      expect(filesPosted(proxy.traffic)).toBe(contents.length);
    } finally {
      await job.remove();
    }
  });

  test('GIVEN a dry run THEN it says what would be sent, and sends nothing', async () => {
    const image = makeInstance(spec(1));
    await folder.write('a', image);
    await folder.write('b', image);
    await folder.write('c', makeInstance({ seed: 3 }));
    await rm(await folder.write('d', image));
    const { end, byCode } = await importOnce(folder.path, proxy.url, '--dry-run');
    expect(byCode).toEqual({ WOULD_SEND: 2, SECOND_FILE: 1 });
    expect(end.exitCode).toBe(0);
    expect(filesPosted(proxy.traffic)).toBe(0);
  });
});
