import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { s3Key } from '../../../../functions/aws/dump/s3-key.ts';
import type { Dump } from '../../../../functions/core/dump.ts';
import { headOfFile } from '../../../../functions/dicom/heads.ts';
import { openContent } from '../../../../functions/dicom/open-content.ts';
import { until } from '../../../support/until.ts';
import { type Buckets, key, noise, openDump, startBuckets } from './rig.ts';

const MiB = 1024 * 1024;

let buckets: Buckets;
let bucket: string;
let dump: Dump;
beforeAll(async () => {
  buckets = await startBuckets();
});
afterAll(() => buckets.stop());
beforeEach(async () => {
  bucket = buckets.bucket();
  dump = await openDump(buckets.client, { roots: [key(bucket, '')] });
  buckets.asked.clear();
});

const asked = () => Object.fromEntries(buckets.asked);

const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
})();

/** Bytes of all buffers of this process that are in use. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

async function put(name: string, body: Buffer): Promise<void> {
  await buckets.client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: body }));
  buckets.asked.clear();
}

/** The emulator takes bodies of up to 11 MiB. */
async function putLarge(name: string, parts: readonly Buffer[]): Promise<void> {
  const place = { Bucket: bucket, Key: name };
  const { UploadId } = await buckets.client.send(new CreateMultipartUploadCommand(place));
  const upload = { ...place, UploadId };
  const Parts = [];
  for (const [at, Body] of parts.entries()) {
    const PartNumber = at + 1;
    const { ETag } = await buckets.client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
    Parts.push({ ETag, PartNumber });
  }
  await buckets.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
  buckets.asked.clear();
}

async function readAll(name: string): Promise<Buffer> {
  const file = await dump.open(key(bucket, name));
  const pieces: Buffer[] = [];
  for await (const piece of openContent(file, [], new Map())) pieces.push(Buffer.from(piece));
  await file.close();
  return Buffer.concat(pieces);
}

describe('requests', () => {
  test.each([0, 1, 20_000, 65_536, 500_000])('the head of a file of %i bytes takes one GET', async (size) => {
    const content = noise(size);
    await put('file', content);
    const file = await dump.open(key(bucket, 'file'), 'head');
    expect(Buffer.from(await headOfFile(file).read(16_384))).toEqual(content.subarray(0, 16_384));
    await file.close();
    // An empty object has no range, which S3 says by an error.
    expect(asked()).toEqual({ GetObject: size === 0 ? 2 : 1 });
  });

  test.each([0, 1, 500_000, 1_048_576, 9_000_000])('a file of %i bytes takes one GET to be read', async (size) => {
    const content = noise(size);
    await put('file', content);
    expect((await readAll('file')).equals(content)).toBe(true);
    expect(asked()).toEqual({ GetObject: 1 });
  });

  test('a file that is read in one go takes one GET, and one HEAD to see whether it changed', async () => {
    const content = noise(500_000);
    await put('file', content);
    const file = await dump.open(key(bucket, 'file'));
    const into = Buffer.alloc(file.size);
    expect(await file.read(into, 0)).toBe(file.size);
    expect(into.equals(content)).toBe(true);
    expect(await file.versionNow()).toBe(file.version);
    await file.close();
    expect(asked()).toEqual({ GetObject: 1, HeadObject: 1 });
  });

  test('an archive of which the head was wanted is read to its end with a few GETs', async () => {
    const content = noise(9_000_000);
    await put('file', content);
    const file = await dump.open(key(bucket, 'file'), 'head');
    const pieces: Buffer[] = [];
    for await (const piece of openContent(file, [], new Map())) pieces.push(Buffer.from(piece));
    await file.close();
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect(asked()).toEqual({ GetObject: 3 });
  });

  test('small steps back and forth, as in a ZIP archive, take no further GET', async () => {
    const content = noise(4_000_000);
    await put('file', content);
    const file = await dump.open(key(bucket, 'file'));
    const into = Buffer.alloc(20_000);
    for (let at = 0; at + into.length < file.size; at += 19_940) {
      await file.read(into, at);
      expect(into.equals(content.subarray(at, at + into.length))).toBe(true);
    }
    await file.close();
    expect(asked()).toEqual({ GetObject: 1 });
  });
});

describe('reading', () => {
  test('gives the bytes of any place, in any order', async () => {
    const content = noise(3_000_000);
    await put('file', content);
    const step = fc.record({
      position: fc.integer({ min: 0, max: content.length + 10 }),
      length: fc.oneof(fc.integer({ min: 0, max: 300_000 }), fc.integer({ min: 0, max: 30 })),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('head' as const, 'whole' as const),
        fc.array(step, { maxLength: 12 }),
        async (reading, steps) => {
          const file = await dump.open(key(bucket, 'file'), reading);
          for (const { position, length } of steps) {
            const into = Buffer.alloc(length);
            const read = await file.read(into, position);
            const wanted = content.subarray(position, position + length);
            expect(read).toBe(wanted.length);
            expect(into.subarray(0, read).equals(wanted)).toBe(true);
          }
          await file.close();
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of many files at once mixes nothing up', async () => {
    const contents = Array.from({ length: 30 }, (_, seed) => noise(400_000 + seed * 1000, seed));
    for (const [at, content] of contents.entries()) await put(`${at}`, content);
    const read = await Promise.all(contents.map((_, at) => readAll(`${at}`)));
    for (const [at, content] of contents.entries()) expect(read[at]?.equals(content)).toBe(true);
  });

  test('of a large object keeps little of it in memory, however slow its reader is', async () => {
    const part = noise(10 * MiB);
    await putLarge(
      'large',
      Array.from({ length: 12 }, () => part),
    );
    const wanted = createHash('md5');
    for (let at = 0; at < 12; at++) wanted.update(part);
    const file = await dump.open(key(bucket, 'large'));
    expect(file.size).toBe(12 * part.length);
    const got = createHash('md5');
    const into = Buffer.alloc(MiB);
    const before = heldBytes();
    for (let at = 0; at < file.size; at += into.length) {
      await file.read(into, at);
      got.update(into);
      if (at % (40 * MiB) !== 0) continue;
      // Time to read ahead as far as it ever does.
      await new Promise((resolve) => setTimeout(resolve, 300));
      // What the emulator sends are parts of what it holds anyway. Buffers that nobody holds are given back a little after a collection.
      await until('little is held', () => heldBytes() - before < 24 * MiB, 20);
    }
    await file.close();
    expect(got.digest('hex')).toBe(wanted.digest('hex'));
    expect(asked()).toEqual({ GetObject: 1 });
  }, 120_000);

  test('of a file that was closed is refused', async () => {
    await put('file', noise(100));
    const file = await dump.open(key(bucket, 'file'));
    await file.close();
    await file.close();
    await expect(file.read(Buffer.alloc(1), 0)).rejects.toThrow('closed');
  });

  test('leaves no connection behind when files are closed early or not read at all', async () => {
    await put('file', noise(5_000_000));
    for (let times = 0; times < 200; times++) {
      const file = await dump.open(key(bucket, 'file'));
      if (times % 3 === 1) await file.read(Buffer.alloc(1000), 0);
      if (times % 3 === 2) await file.read(Buffer.alloc(1000), 3_000_000);
      await file.close();
    }
    // Of 50 connections that the client may have: none is left in use.
    expect((await readAll('file')).length).toBe(5_000_000);
  });
});

describe('a file that was replaced while it is open', () => {
  const content = noise(6_000_000);

  test('is not read on with the bytes of another one', async () => {
    await put('file', content);
    const file = await dump.open(key(bucket, 'file'), 'head');
    await put('file', noise(6_000_000, 2));
    await expect(file.read(Buffer.alloc(10), 5_000_000)).rejects.toMatchObject({
      name: 'DumpError',
      code: 'FILE_CHANGED',
    });
    expect(await file.versionNow()).not.toBe(file.version);
    await file.close();
  });

  test('is gone', async () => {
    await put('file', content);
    const file = await dump.open(key(bucket, 'file'), 'head');
    await buckets.aws.server.emptyBucket(bucket);
    await expect(file.read(Buffer.alloc(10), 5_000_000)).rejects.toMatchObject({ code: 'FILE_VANISHED' });
    await expect(file.versionNow()).rejects.toMatchObject({ code: 'FILE_VANISHED' });
    await expect(dump.open(key(bucket, 'file'))).rejects.toMatchObject({ code: 'FILE_VANISHED' });
    await expect(dump.item(key(bucket, 'file'))).rejects.toMatchObject({ name: 'DumpError', code: 'FILE_VANISHED' });
    await file.close();
  });

  test('has a key that names the upload, and tells which one is meant', async () => {
    await put('file', content);
    const item = await dump.item(key(bucket, 'file'));
    const [etag = ''] = item.kind === 'object' ? item.version.split(' ') : [];
    const first = s3Key({ bucket, key: 'file', upload: { etag } });
    expect(await dump.item(first)).toEqual({ ...item, key: first });
    await (await dump.open(first)).close();
    await put('file', noise(10));
    expect(await dump.item(first)).toEqual({ kind: 'problem', key: first, code: 'REPLACED' });
    await expect(dump.open(first)).rejects.toMatchObject({ name: 'DumpError', code: 'REPLACED' });
  });
});
