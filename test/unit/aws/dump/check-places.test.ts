import { ListObjectsV2Command, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { checkNames, checkPlaces } from '../../../../functions/aws/dump/check-places.ts';
import { bucketClient } from '../../../../functions/aws/dump/client.ts';
import { type Buckets, key, startBuckets } from './rig.ts';

let buckets: Buckets;
let bucket: string;
beforeAll(async () => {
  buckets = await startBuckets();
});
afterAll(() => buckets.stop());
beforeEach(async () => {
  bucket = buckets.bucket();
  for (const name of ['north-west/1', 'north/1', 'north.zip', '100%/ä?b'])
    await buckets.client.send(new PutObjectCommand({ Bucket: bucket, Key: name, Body: Buffer.from('x') }));
  buckets.asked.clear();
});

const url = (name: string) => `s3://${bucket}/${name}`;

describe('places in buckets', () => {
  test('are given as keys, in the order of S3, without those inside others', async () => {
    const places = [url('north.zip'), url('north'), url('north/1'), url('100%/ä?b'), url('north')];
    expect(await checkPlaces(buckets.client, places)).toEqual(
      ['100%/ä?b', 'north', 'north.zip'].map((name) => key(bucket, name)),
    );
    expect(await checkPlaces(buckets.client, [`s3://${bucket}`, url('north')])).toEqual([key(bucket, '')]);
    expect(await checkPlaces(buckets.client, [url(''), url('north')])).toEqual([key(bucket, '')]);
  });

  test('are looked at with one request each', async () => {
    await checkPlaces(buckets.client, [`s3://${bucket}`, url('north.zip')]);
    expect(Object.fromEntries(buckets.asked)).toEqual({ ListObjectsV2: 2 });
  });

  test('may be an empty bucket', async () => {
    const empty = buckets.bucket();
    expect(await checkPlaces(buckets.client, [`s3://${empty}`])).toEqual([key(empty, '')]);
  });

  test.each([
    ['nort', /does not exist: no object has this key/],
    ['north/1/', /does not exist/],
    ['zoo', /does not exist/],
  ])('that are not there are refused: %s', async (name, message) => {
    await expect(checkPlaces(buckets.client, [url('north'), url(name)])).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
  });

  test.each(['s3:', 's3://', 's3:/bucket/a', 's3:///a', 's3://a b/c', 'S3://bucket', 's3://exports--use1-az4--x-s3/a'])(
    'that are none are refused before anything is asked: %s',
    async (given) => {
      await expect(checkPlaces(buckets.client, [given])).rejects.toMatchObject({ name: 'UsageError' });
      expect(buckets.asked.size).toBe(0);
    },
  );

  test('in a bucket that is not there are refused', async () => {
    await expect(checkPlaces(buckets.client, ['s3://nowhere/a'])).rejects.toMatchObject({
      name: 'UsageError',
      message: '"s3://nowhere/a" does not exist: there is no such bucket (NoSuchBucket)',
    });
  });

  test.each([
    ['AccessDenied', /may not be listed by you \(AccessDenied\): it takes s3:ListBucket/],
    ['InvalidAccessKeyId', /without valid AWS credentials \(InvalidAccessKeyId\): sign in/],
    ['ExpiredToken', /without valid AWS credentials/],
  ])('are refused by one clear line: %s', async (name, message) => {
    const client = new S3Client({ region: 'us-east-1' });
    const refusal = new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 403 } });
    mockClient(client).on(ListObjectsV2Command).rejects(refusal);
    await expect(checkPlaces(client, ['s3://exports'])).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(message),
    });
    client.destroy();
  });
});

describe('names of objects', () => {
  test('are given as keys, sorted, each once, without asking for each', async () => {
    const names = [url('b?'), url('a\nb'), url('b?'), url('%25'), url('😀'), url('\uffee')];
    expect(await checkNames(buckets.client, names)).toEqual(
      ['%25', 'a\nb', 'b?', '\uffee', '😀'].map((name) => key(bucket, name)),
    );
    expect(Object.fromEntries(buckets.asked)).toEqual({ ListObjectsV2: 1 });
  });

  test('may be read by who may not list', async () => {
    const client = new S3Client({ region: 'us-east-1' });
    const s3 = mockClient(client);
    const refusal = (name: string) =>
      new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: 403 } });
    s3.on(ListObjectsV2Command).rejects(refusal('AccessDenied'));
    expect(await checkNames(client, [url('a')])).toEqual([key(bucket, 'a')]);
    s3.on(ListObjectsV2Command).rejects(refusal('ExpiredToken'));
    await expect(checkNames(client, [url('a')])).rejects.toMatchObject({ name: 'UsageError' });
    client.destroy();
  });

  test('name no bucket', async () => {
    await expect(checkNames(buckets.client, [url('')])).rejects.toMatchObject({ name: 'UsageError' });
  });
});

test.each([
  [{ AWS_ENDPOINT_URL_S3: 'http://minio:9000' }, true],
  [{ AWS_ENDPOINT_URL: 'http://minio:9000' }, true],
  [{ AWS_ENDPOINT_URL: 'http://minio:9000', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' }, false],
  [{}, false],
])('GIVEN %j THEN the bucket stands in the path: %s', (environment, inPath) => {
  const client = bucketClient(environment);
  expect(client.config.forcePathStyle).toBe(inPath);
  client.destroy();
});
