/** A bucket that cannot be read for a while costs time, and no file: what is refused for all of them says nothing about one. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { held } from '../../support/held.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { type Bucket, environmentOf, startBucket } from './buckets.ts';
import { type Import, importing } from './importing.ts';
import { md5 } from './storage.ts';

jest.setTimeout(240_000);

const images = [...archive({ studies: 10, instancesPerStudy: 60, bytes: 20_000 })];

let bucket: Bucket;
let target: RunningOrthanc;
/** What stands between the command and the bucket. */
let line: FaultProxy;
let job: Import;

beforeEach(async () => {
  [bucket, target] = await Promise.all([startBucket(), startOrthanc({ version: '1.13' })]);
  for (const [at, image] of images.entries()) await bucket.put(`images/${String(at).padStart(4, '0')}`, image);
  line = await startFaultProxy(bucket.environment.AWS_ENDPOINT_URL_S3 ?? '');
  job = await importing(`s3://${bucket.name}/images`, target.url, environmentOf(line.url.replace(/\/$/, '')));
});
afterEach(async () => {
  await job.remove();
  await line.stop();
  await Promise.all([target.stop(), bucket.stop()]);
});

const EXPIRED = {
  status: 400,
  headers: { 'content-type': 'application/xml' },
  body: '<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>The token has expired.</Message></Error>',
};

const arrived = (share: number) =>
  until(`${share * 100} % arrived`, async () => (await held(target)) >= share * images.length, 120);
const md5sHeld = async () => [...(await inventory(target)).values()].map((stored) => stored.md5).sort();

test('GIVEN connections that break for a while THEN the import goes on by itself, and no attempt is spent', async () => {
  const running = job.start();
  await arrived(0.2);
  await line.refuse();
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await line.accept();
  const { end, rows } = await job.imported(await running.ended);
  expect(end).toMatchObject({ state: 'completed', exitCode: 0 });
  expect(rows.every(({ outcome }) => outcome === 'success')).toBe(true);
  expect(await md5sHeld()).toEqual(images.map(md5).sort());
});

test('GIVEN credentials that expire THEN it ends and says so, and the same command goes on', async () => {
  const running = job.start();
  await arrived(0.2);
  await line.fault({ kind: 'answer', answer: EXPIRED });
  const ended = await running.ended;
  expect(ended.code).toBe(7);
  expect(ended.stderr).toMatch(/the AWS credentials for the bucket exports are not accepted \(ExpiredToken\); sign in/);
  await line.clear();
  const { end, rows } = await job.import();
  expect(end).toMatchObject({ state: 'completed', exitCode: 0 });
  expect(rows).toHaveLength(images.length);
  expect(await md5sHeld()).toEqual(images.map(md5).sort());
});
