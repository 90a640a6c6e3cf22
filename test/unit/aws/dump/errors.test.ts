/** What the emulator cannot say: answers of S3 made up one by one. */
import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AwsClientStub, mockClient } from 'aws-sdk-client-mock';
import { s3Key } from '../../../../functions/aws/dump/s3-key.ts';
import type { Dump } from '../../../../functions/core/dump.ts';
import { all, key, openDump } from './rig.ts';

let client: S3Client;
let s3: AwsClientStub<S3Client>;
let dump: Dump;
beforeEach(async () => {
  client = new S3Client({ region: 'us-east-1' });
  s3 = mockClient(client);
  dump = await openDump(client, { roots: [key('exports', '')] });
});
afterEach(() => {
  s3.restore();
  client.destroy();
});

/** A patient's name, as it stands in keys. */
const NAME = 'DOE^JANE/1.dcm';
const FILE = key('exports', NAME);

function refusal(name: string, status: number): S3ServiceException {
  // As S3 does, which repeats the key in some of its messages.
  const message = `${name}: ${NAME}`;
  return new S3ServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: status } });
}

function broken(code: string): Error {
  return Object.assign(new Error(`read ${code}`), { code });
}

const entry = (name: string) => ({ Key: name, Size: 5, ETag: '"e"', LastModified: new Date(1_700_000_000_123) });

function answer(body: Iterable<Buffer> | AsyncIterable<Buffer>, size: number, range?: string): GetObjectCommandOutput {
  return {
    Body: Readable.from(body) as GetObjectCommandOutput['Body'] & object,
    ETag: '"e"',
    LastModified: new Date(1_700_000_000_000),
    ContentLength: size,
    ...(range !== undefined && { ContentRange: range }),
    $metadata: {},
  };
}

describe('a request that fails', () => {
  test.each([
    ['AccessDenied', 403, 'DumpError', 'FILE_UNREADABLE'],
    ['InvalidObjectState', 403, 'DumpError', 'FILE_UNREADABLE'],
    ['KMS.DisabledException', 400, 'DumpError', 'FILE_UNREADABLE'],
    ['NoSuchKey', 404, 'DumpError', 'FILE_VANISHED'],
    ['NoSuchVersion', 404, 'DumpError', 'FILE_VANISHED'],
    ['MethodNotAllowed', 405, 'DumpError', 'FILE_VANISHED'],
    ['SlowDown', 503, 'Postponed', 'BUCKET_BUSY'],
    ['InternalError', 500, 'Postponed', 'BUCKET_BUSY'],
    ['RequestTimeout', 400, 'Postponed', 'BUCKET_BUSY'],
    ['NoSuchBucket', 404, 'FatalError', 'DUMP_UNREADABLE'],
    ['ExpiredToken', 400, 'FatalError', 'DUMP_UNREADABLE'],
    ['InvalidAccessKeyId', 403, 'FatalError', 'DUMP_UNREADABLE'],
  ])('with %s (%i) is a %s %s, which names no object', async (name, status, kind, code) => {
    s3.on(GetObjectCommand).rejects(refusal(name, status));
    s3.on(HeadObjectCommand).rejects(refusal(name, status));
    for (const failing of [dump.open(FILE), dump.open(FILE, 'head'), dump.item(FILE)]) {
      const error = await failing.then(
        () => undefined,
        (raised: Error) => raised,
      );
      expect(error).toMatchObject({ name: kind, code, message: expect.stringContaining(name) });
      expect(error?.message).not.toContain('DOE');
      expect(error?.cause).toBeUndefined();
    }
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE'])('with %s is waited for', async (code) => {
    s3.on(GetObjectCommand).rejects(broken(code));
    await expect(dump.open(FILE)).rejects.toMatchObject({ name: 'Postponed', delaySeconds: 30 });
  });

  test('for a reason of our own is not called one of the file', async () => {
    s3.on(GetObjectCommand).rejects(new TypeError('undefined is no function'));
    await expect(dump.open(FILE)).rejects.toThrow(TypeError);
  });
});

describe('an open file', () => {
  const content = Buffer.from('0123456789');

  test('whose connection breaks is read on where it broke, as long as it is the same', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce(answer(breaking(content.subarray(0, 4)), 10))
      .resolvesOnce(answer(breaking(content.subarray(4, 7)), 6, 'bytes 4-9/10'))
      .resolvesOnce(answer([content.subarray(7)], 3, 'bytes 7-9/10'));
    const file = await dump.open(FILE);
    const into = Buffer.alloc(10);
    expect(await file.read(into, 0)).toBe(10);
    expect(into).toEqual(content);
    const asked = s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => [input.Range, input.IfMatch]);
    expect(asked).toEqual([
      [undefined, undefined],
      ['bytes=4-9', '"e"'],
      ['bytes=7-9', '"e"'],
    ]);
  });

  test('whose connection breaks again and again is waited for', async () => {
    s3.on(GetObjectCommand).callsFake(({ Range }) =>
      Range === undefined ? answer(breaking(content.subarray(0, 4)), 10) : answer(breaking(), 6, 'bytes 4-9/10'),
    );
    const file = await dump.open(FILE);
    await expect(file.read(Buffer.alloc(10), 0)).rejects.toMatchObject({ name: 'Postponed', code: 'BUCKET_BUSY' });
    await file.close();
  });

  test('that was replaced when its connection broke has changed', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce(answer(breaking(content.subarray(0, 4)), 10))
      .rejects(refusal('PreconditionFailed', 412));
    const file = await dump.open(FILE);
    await expect(file.read(Buffer.alloc(10), 0)).rejects.toMatchObject({ name: 'DumpError', code: 'FILE_CHANGED' });
  });

  test.each([
    ['more', Buffer.from('0123456789abc')],
    ['less', Buffer.from('01234567')],
  ])('that gives %s than was announced has changed', async (_, body) => {
    s3.on(GetObjectCommand).resolves(answer([body], 10));
    const file = await dump.open(FILE);
    await expect(file.read(Buffer.alloc(10), 0)).rejects.toMatchObject({ code: 'FILE_CHANGED' });
  });

  test('whose checksum is wrong is not taken for whole', async () => {
    s3.on(GetObjectCommand).callsFake(() => answer(breaking(content), 10));
    const file = await dump.open(FILE);
    await expect(file.read(Buffer.alloc(10), 0)).rejects.toMatchObject({ name: 'Postponed' });
    expect(s3.commandCalls(GetObjectCommand)).toHaveLength(1);
    await file.close();
  });

  test('of a server that ignores ranges is not read at the wrong place', async () => {
    const large = Buffer.alloc(3_000_000, 'x');
    s3.on(GetObjectCommand).callsFake(() => answer([large], large.length));
    const file = await dump.open(FILE);
    await expect(file.read(Buffer.alloc(10), 2_000_000)).rejects.toMatchObject({ code: 'NOT_S3' });
  });

  test('keeps to the version that its key names', async () => {
    const version = s3Key({ bucket: 'exports', key: NAME, upload: { versionId: 'v1' } });
    s3.on(GetObjectCommand).callsFake(() => answer([content], 10));
    s3.on(HeadObjectCommand).callsFake(({ VersionId }) => ({ ...answer([], 10), VersionId: VersionId ?? 'v2' }));
    expect(await dump.item(version)).toEqual({ kind: 'problem', key: version, code: 'REPLACED' });
    const file = await dump.open(version);
    await file.read(Buffer.alloc(10), 0);
    await file.versionNow();
    await file.close();
    const versions = [...s3.commandCalls(GetObjectCommand), ...s3.commandCalls(HeadObjectCommand)].map(
      ({ args: [{ input }] }) => input.VersionId,
    );
    // The newest is asked for only when it is the question whether this is it.
    expect(versions).toEqual(['v1', undefined, 'v1']);
  });
});

describe('a listing', () => {
  test('has keys that XML cannot write', async () => {
    s3.on(ListObjectsV2Command).resolves({
      EncodingType: 'url',
      Contents: [entry('a%01%2B+b/%E6%9D%B1'), entry('c%2525')],
    });
    const items = await all(dump);
    expect(items.map((item) => item.key)).toEqual([key('exports', 'a\u0001+ b/東'), key('exports', 'c%25')]);
  });

  test('tells what must be restored first', async () => {
    const restored = { RestoreExpiryDate: new Date(), IsRestoreInProgress: false };
    s3.on(ListObjectsV2Command).resolves({
      Contents: [
        { ...entry('a'), StorageClass: 'GLACIER' },
        { ...entry('b'), StorageClass: 'DEEP_ARCHIVE', RestoreStatus: { IsRestoreInProgress: true } },
        { ...entry('c'), StorageClass: 'GLACIER', RestoreStatus: restored },
        { ...entry('d'), StorageClass: 'GLACIER_IR' },
      ],
    });
    const kinds = (await all(dump)).map((item) => (item.kind === 'problem' ? item.code : item.kind));
    expect(kinds).toEqual(['FILE_UNREADABLE', 'FILE_UNREADABLE', 'object', 'object']);
  });

  test.each([
    [{ StorageClass: 'GLACIER' as const }, 'FILE_UNREADABLE'],
    [{ StorageClass: 'GLACIER' as const, Restore: 'ongoing-request="true"' }, 'FILE_UNREADABLE'],
    [{ StorageClass: 'GLACIER' as const, Restore: 'ongoing-request="false", expiry-date="…"' }, undefined],
    [
      { StorageClass: 'INTELLIGENT_TIERING' as const, ArchiveStatus: 'DEEP_ARCHIVE_ACCESS' as const },
      'FILE_UNREADABLE',
    ],
    [{ StorageClass: 'STANDARD_IA' as const }, undefined],
  ])('agrees with a look at the object: %j', async (state, code) => {
    s3.on(HeadObjectCommand).resolves({ ...answer([], 5), ...state });
    expect(await dump.item(FILE)).toMatchObject(code ? { kind: 'problem', code } : { kind: 'object' });
  });

  test('in another order than that of S3 ends the job, since whoever goes on would leave something out', async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [entry('b'), entry('a')] });
    await expect(all(dump)).rejects.toMatchObject({ name: 'FatalError', code: 'LISTING_NOT_SORTED' });
  });

  test('that is refused stops the job, which goes on once it is allowed', async () => {
    for (const name of ['AccessDenied', 'NoSuchBucket', 'ExpiredToken']) {
      s3.on(ListObjectsV2Command).rejects(refusal(name, 403));
      const message = expect.stringMatching(new RegExp(`^(?!.*DOE).*exports.*${name}`));
      await expect(all(dump)).rejects.toMatchObject({ name: 'DumpError', message });
    }
    s3.on(ListObjectsV2Command).rejects(refusal('SlowDown', 503));
    await expect(all(dump)).rejects.toMatchObject({ name: 'Postponed' });
  });

  test('of something that is not S3 is refused', async () => {
    s3.on(ListObjectsV2Command).resolves({ Contents: [{ Key: 'a', Size: 1 }] });
    await expect(all(dump)).rejects.toMatchObject({ code: 'NOT_S3' });
  });
});

async function* breaking(...before: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* before;
  throw broken('ECONNRESET');
}
