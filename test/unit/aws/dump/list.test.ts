import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DumpItem } from '../../../../functions/core/dump.ts';
import type { FileKey } from '../../../../functions/core/ids.ts';
import { MemoryObjects } from '../../../model/memory-objects.ts';
import { all, type Buckets, key, openDump, startBuckets } from './rig.ts';

let buckets: Buckets;
let bucket: string;
beforeAll(async () => {
  buckets = await startBuckets();
});
afterAll(() => buckets.stop());
beforeEach(() => {
  bucket = buckets.bucket();
  buckets.asked.clear();
});

async function fill(...names: readonly string[]): Promise<void> {
  for (const name of names)
    await buckets.client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: name,
        Body: Buffer.from(name.endsWith('/') ? '' : `content of ${name}`),
      }),
    );
}

const names = (items: readonly DumpItem[]) => items.map((item) => item.key.slice(`s3://${bucket}/`.length));
const roots = (...wanted: readonly string[]) => ({ roots: wanted.map((name) => key(bucket, name)) });

/** In the order of S3, in which the emulator lists only keys that differ where it takes no liberties. */
const ODD = ['0 space', '1+plus', '2%2F', '3?who', '4&amp;', '5#hash', '6\nline', '7ü', '8東京/😀', '9//x', 'a/./b'];

describe('whatever lies in a bucket', () => {
  test('is listed with size and version, as a look at each object tells them', async () => {
    await fill(...ODD);
    const dump = await openDump(buckets.client, roots(''));
    const items = await all(dump);
    expect(items.map(({ key: name }) => name)).toEqual(ODD.map((name) => key(bucket, name)));
    for (const item of items) expect(await dump.item(item.key)).toEqual(item);
    expect(items[6]).toMatchObject({ kind: 'object', size: Buffer.byteLength('content of 6\nline') });
  });

  test('is listed without what only shows folders', async () => {
    await fill('a/', 'a/1', 'b/', 'c');
    expect(names(await all(await openDump(buckets.client, roots(''))))).toEqual(['a/1', 'c']);
  });

  test.each([1, 2, 3, 1000])(
    'goes on after each object, neither twice nor never, %i entries at a time',
    async (pageEntries) => {
      await fill(...ODD);
      const dump = await openDump(buckets.client, roots(''), { pageEntries });
      const listed = names(await all(dump));
      expect(listed).toEqual(
        names(ODD.map((name) => ({ kind: 'problem', key: key(bucket, name), code: 'NOT_DICOM' }))),
      );
      for (const [at, name] of ODD.entries())
        expect(names(await all(dump, key(bucket, name)))).toEqual(listed.slice(at + 1));
    },
  );

  test('goes on after an object that is gone', async () => {
    await fill('a', 'c', 'd');
    const dump = await openDump(buckets.client, roots(''), { pageEntries: 1 });
    expect(names(await all(dump, key(bucket, 'b')))).toEqual(['c', 'd']);
  });

  test('takes one request for each page', async () => {
    await fill('a', 'b', 'c', 'd', 'e');
    buckets.asked.clear();
    await all(await openDump(buckets.client, roots(''), { pageEntries: 2 }));
    expect(Object.fromEntries(buckets.asked)).toEqual({ ListObjectsV2: 3 });
  });
});

describe('a root', () => {
  test('is a folder or an object, and not whatever begins as it does', async () => {
    await fill('north', 'north-west/1', 'north.zip', 'north/1', 'north/2', 'northern');
    expect(names(await all(await openDump(buckets.client, roots('north'))))).toEqual(['north', 'north/1', 'north/2']);
    expect(names(await all(await openDump(buckets.client, roots('north/'))))).toEqual(['north/1', 'north/2']);
    expect(names(await all(await openDump(buckets.client, roots('north.zip'))))).toEqual(['north.zip']);
  });

  test('is listed once, however often it is named, and whatever order it is named in', async () => {
    await fill('a/1', 'a/b/2', 'a/b/3', 'a-b/4', 'c');
    const wanted = ['a/1', 'a/b/2', 'a/b/3', 'a-b/4', 'c'];
    const dump = await openDump(buckets.client, roots('c', 'a/b', 'a-b', 'a', 'a', 'a/b/3'), { pageEntries: 2 });
    const listed = names(await all(dump));
    expect(listed).toEqual(wanted);
    for (const [at, name] of wanted.entries())
      expect(names(await all(dump, key(bucket, name)))).toEqual(wanted.slice(at + 1));
  });

  test('may lie in another bucket', async () => {
    await fill('a');
    const first = bucket;
    bucket = buckets.bucket();
    await fill('b');
    const dump = await openDump(buckets.client, { roots: [key(bucket, ''), key(first, '')] });
    expect((await all(dump)).map((item) => item.key)).toEqual([key(first, 'a'), key(bucket, 'b')].sort());
  });

  test('that is no longer there stops the listing, so that the job can go on later', async () => {
    const dump = await openDump(buckets.client, { roots: [key('nowhere', 'a')] });
    await expect(all(dump)).rejects.toMatchObject({ name: 'DumpError', message: /the bucket nowhere is not there/ });
  });

  test('that another job reads is no place to go on in', async () => {
    const dump = await openDump(buckets.client, roots('a'));
    await expect(all(dump, key(bucket, 'b'))).rejects.toMatchObject({ code: 'JOB_DAMAGED' });
  });
});

describe('a list of names', () => {
  const listOf = async (...keys: readonly FileKey[]) => {
    const objects = new MemoryObjects();
    await objects.write('names.txt', Buffer.from(keys.map((name) => `${name}\n`).join('')));
    return openDump(buckets.client, { list: 'names.txt' }, { objects });
  };

  test('is looked up object by object, in its own order; what is not there has an outcome', async () => {
    await fill('b', 'a', 'x\ny');
    const wanted = ['b', 'missing', 'x\ny', 'a'].map((name) => key(bucket, name));
    const items = await all(await listOf(...wanted));
    expect(items.map((item) => item.key)).toEqual(wanted);
    expect(items[1]).toEqual({ kind: 'problem', key: wanted[1], code: 'FILE_VANISHED' });
    expect(items.filter((item) => item.kind === 'object')).toHaveLength(3);
  });

  test('goes on after each name, in a dump that has given it and in one that has not', async () => {
    const wanted = Array.from({ length: 40 }, (_, at) => key(bucket, `${(at * 7) % 40}`));
    const dump = await listOf(...wanted);
    await all(dump);
    for (const again of [dump, await listOf(...wanted)])
      for (const at of [0, 20, 38, 39])
        expect((await all(again, wanted[at])).map((item) => item.key)).toEqual(wanted.slice(at + 1));
    await expect(all(dump, key(bucket, 'other'))).rejects.toMatchObject({ code: 'JOB_DAMAGED' });
  });
});

test('uploads are had one by one, and never listed', async () => {
  await fill('a');
  const dump = await openDump(buckets.client, { uploads: { quietMs: 1 } });
  expect(await dump.item(key(bucket, 'a'))).toMatchObject({ kind: 'object', size: 12 });
  expect(() => dump.list()).toThrow(expect.objectContaining({ code: 'JOB_DAMAGED' }));
});
