import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { S3ObjectStore } from '../../../../functions/aws/s3/object-store.ts';
import { type AwsEmulator, startAws } from '../../../support/aws.ts';

const MIB = 1024 * 1024;
const collect = async (bytes: AsyncIterable<Uint8Array>) => {
  const found: Uint8Array[] = [];
  for await (const piece of bytes) found.push(piece);
  return Buffer.concat(found);
};

describe('against a bucket', () => {
  let aws: AwsEmulator;
  let store: S3ObjectStore;
  /** Multipart uploads that are begun and neither completed nor aborted: fauxqs cannot list them. */
  let uploads = 0;
  const CHANGES: Readonly<Record<string, number>> = {
    CreateMultipartUploadCommand: 1,
    CompleteMultipartUploadCommand: -1,
    AbortMultipartUploadCommand: -1,
  };
  beforeAll(async () => {
    aws = await startAws();
    aws.server.createBucket('evidence');
    aws.s3.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const answer = await next(args);
          uploads += CHANGES[commandName] ?? 0;
          return answer;
        },
      { step: 'initialize' },
    );
    store = new S3ObjectStore(aws.s3, 'evidence');
  });
  afterAll(() => aws.stop());

  test('a long stream is written in parts', async () => {
    const block = Buffer.alloc(MIB).map((_, n) => n % 251);
    async function* body() {
      for (let n = 0; n < 20; n++) yield block;
      yield block.subarray(0, 5);
    }
    await store.write('long', body());
    expect((await collect(store.stream('long'))).length).toBe(20 * MIB + 5);
    expect(Buffer.from(await store.read('long', { offset: 8 * MIB - 2, length: 4 }))).toEqual(
      Buffer.concat([block.subarray(-2), block.subarray(0, 2)]),
    );
    expect(uploads).toBe(0);
  });

  test('nothing remains of a long stream that breaks off, and its own error is raised', async () => {
    const error = new Error('broke off');
    let seen = 0;
    async function* body() {
      for (let n = 0; n < 18; n++) yield Buffer.alloc(MIB);
      seen = uploads;
      throw error;
    }
    await expect(store.write('half', body())).rejects.toBe(error);
    expect(seen).toBe(1);
    expect(uploads).toBe(0);
    await expect(store.read('half')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  });

  test('a range behind the end is empty, of an empty object too', async () => {
    await store.write('short', Buffer.from('12345'));
    await store.write('empty', Buffer.alloc(0));
    expect((await store.read('short', { offset: 5, length: 3 })).length).toBe(0);
    expect((await store.read('short', { offset: 9, length: 3 })).length).toBe(0);
    expect((await store.read('empty', { offset: 0, length: 3 })).length).toBe(0);
    expect((await collect(store.stream('empty'))).length).toBe(0);
    await expect(store.read('none', { offset: 3, length: 0 })).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  });

  test('many keys are listed page by page', async () => {
    const keys = Array.from({ length: 1003 }, (_, n) => `many/${String(n).padStart(4, '0')}`);
    for (const key of keys) await store.write(key, Buffer.from('x'));
    const listed: string[] = [];
    for await (const key of store.list('many/')) listed.push(key);
    expect(listed).toEqual(keys);
  });

  test('a bucket that is not there', async () => {
    const none = new S3ObjectStore(aws.s3, 'no-such-bucket');
    const unavailable = { code: 'OBJECTS_UNAVAILABLE', message: expect.stringContaining('NoSuchBucket') };
    await expect(none.write('k', Buffer.from('x'))).rejects.toMatchObject(unavailable);
    await expect(none.write('k', Readable.from([Buffer.from('x')]))).rejects.toMatchObject(unavailable);
    await expect(none.read('k')).rejects.toMatchObject(unavailable);
    await expect(collect(none.stream('k'))).rejects.toMatchObject(unavailable);
    await expect(collect(none.list('') as AsyncIterable<never>)).rejects.toMatchObject(unavailable);
  });
});

describe('a body that breaks off', () => {
  const client = new S3Client({ region: 'x' });
  const s3 = mockClient(client);
  const store = new S3ObjectStore(client, 'evidence');
  const reset = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
  const body = (text: string, error?: Error) => {
    async function* bytes() {
      if (text !== '') yield Buffer.from(text);
      if (error) throw error;
    }
    // The mock hands over what it is given; the client's own body is a Readable, too.
    return { ETag: '"e"', Body: Readable.from(bytes()) as never };
  };
  const asked = () => s3.commandCalls(GetObjectCommand).map(({ args: [{ input }] }) => [input.Range, input.IfMatch]);
  beforeEach(() => {
    s3.reset();
  });

  test('is taken up where it broke, if the object is still the same', async () => {
    s3.on(GetObjectCommand)
      .resolvesOnce(body('0123', reset))
      .resolvesOnce(body('', reset))
      .resolvesOnce(body('456789'));
    expect((await collect(store.stream('k'))).toString()).toBe('0123456789');
    expect(asked()).toEqual([
      [undefined, undefined],
      ['bytes=4-', '"e"'],
      ['bytes=4-', '"e"'],
    ]);
  });

  test('of a range', async () => {
    s3.on(GetObjectCommand).resolvesOnce(body('23', reset)).resolvesOnce(body('456'));
    expect(Buffer.from(await store.read('k', { offset: 2, length: 5 })).toString()).toBe('23456');
    expect(asked()).toEqual([
      ['bytes=2-6', undefined],
      ['bytes=4-6', '"e"'],
    ]);
  });

  test('is given up after four times without a byte', async () => {
    s3.on(GetObjectCommand).callsFake(async () => body('', reset));
    await expect(store.read('k')).rejects.toMatchObject({ code: 'OBJECTS_UNAVAILABLE', cause: reset });
    expect(asked()).toHaveLength(4);
  });

  test('is an error when the object has changed meanwhile', async () => {
    const changed = Object.assign(new Error('text'), { name: 'PreconditionFailed' });
    s3.on(GetObjectCommand).resolvesOnce(body('0123', reset)).rejects(changed);
    await expect(store.read('k')).rejects.toMatchObject({ code: 'OBJECTS_UNAVAILABLE', cause: changed });
  });

  test('a reader that stops early ends the request', async () => {
    const answer = body('0123');
    s3.on(GetObjectCommand).resolves(answer);
    for await (const piece of store.stream('k')) {
      expect(piece.length).toBe(4);
      break;
    }
    expect((answer.Body as Readable).destroyed).toBe(true);
  });

  test('permissions that are missing are named as such', async () => {
    s3.on(PutObjectCommand).rejects(Object.assign(new Error('text'), { name: 'AccessDenied' }));
    const message = expect.stringMatching(/^object k cannot be written: AWS does not allow it \(AccessDenied\)/);
    await expect(store.write('k', Buffer.from('x'))).rejects.toMatchObject({ code: 'OBJECTS_UNAVAILABLE', message });
  });
});
