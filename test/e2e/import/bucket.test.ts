/** What lies in a bucket arrives as if it lay in a folder: a storage folder, archives, keys of every kind. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { makeTar, makeZip } from '../../support/archives.ts';
import { events } from '../../support/command-line.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { held } from '../../support/held.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';
import { type Bucket, startBucket } from './buckets.ts';
import { type Import, importing } from './importing.ts';
import { headerOnly, makeObject } from './objects.ts';
import { attachedFiles, filledBy, makeFolder, md5, TYPE } from './storage.ts';

jest.setTimeout(300_000);

let bucket: Bucket;
let target: RunningOrthanc;
const jobs: Import[] = [];

beforeAll(async () => {
  [bucket, target] = await Promise.all([startBucket(), startOrthanc({ version: '1.13' })]);
});
afterAll(() => Promise.all([target.stop(), bucket.stop()]));
afterEach(async () => {
  for (const job of jobs.splice(0)) await job.remove();
});
beforeEach(async () => {
  const patients = (await (await fetch(`${target.url}patients`)).json()) as string[];
  for (const id of patients) await fetch(`${target.url}patients/${id}`, { method: 'DELETE' });
});

async function openJob(...places: readonly string[]): Promise<Import> {
  const job = await importing(places, target.url, bucket.environment);
  jobs.push(job);
  return job;
}

const place = (key: string) => `s3://${bucket.name}/${key}`;
const md5sHeld = async () => [...(await inventory(target)).values()].map((stored) => stored.md5).sort();

test('GIVEN the storage folder of an Orthanc with compression THEN what it held arrives, and the same command sends nothing', async () => {
  const folder = await makeFolder();
  const images = [...archive({ studies: 3, instancesPerStudy: 12, bytes: (at) => (at % 6 === 0 ? 1_500_000 : 6000) })];
  const objects = [...images, makeObject('sr', 1)];
  const { held: wanted } = await filledBy(folder, { version: '1.10', config: { StorageCompression: true } }, (server) =>
    upload(server.url, objects),
  );
  const keys = await bucket.upload(folder, 'storage/');
  const copies = attachedFiles(folder).filter(({ type }) => type === TYPE.untilPixelData);
  await folder.remove();
  expect(copies).toHaveLength(images.length);

  const job = await openJob(place('storage'));
  const { end, rows, byCode } = await job.import();
  expect(await inventory(target)).toEqual(wanted);
  expect(byCode).toEqual({
    STORED: objects.length,
    HEADER_ONLY_COPY: copies.length,
    INDEX_FILE: keys.length - objects.length - copies.length,
  });
  expect(rows.map(({ file }) => file).sort()).toEqual(keys.map(place).sort());
  expect(end).toMatchObject({ exitCode: 0, counts: { sent: objects.length } });

  const again = await job.import();
  expect(again.byCode).toEqual({ ...byCode, STORED: undefined, ALREADY_PRESENT: objects.length });
  expect(again.end.counts.sent).toBe(0);
});

test('GIVEN archives, single objects and odd keys THEN each has its outcome under its own key', async () => {
  const images = [...archive({ studies: 2, instancesPerStudy: 20, bytes: 40_000, seed: 2 })];
  const zipped = images.slice(0, 10).map((content, at) => ({ name: `z/${at}`, content }));
  const tarred = images.slice(10, 20).map((content, at) => ({ name: `t/${at}`, content }));
  await bucket.put('odd/archives/export.zip', makeZip(zipped));
  await bucket.put('odd/archives/old.tar', await makeTar(tarred));
  const names = ['0 space', '1+plus', '2%2F', '3?who', '4&amp;', '5#hash', '6\nline', '7ü', '8東京/😀', '9//x'];
  for (const [at, name] of names.entries()) await bucket.put(`odd/${name}`, images[20 + at] ?? Buffer.alloc(0));
  await bucket.put('odd/empty', Buffer.alloc(0));
  await bucket.put('odd/folder/', Buffer.alloc(0));
  await bucket.put('odd/text', Buffer.from('no DICOM file'));
  await bucket.put('single', images[30] ?? Buffer.alloc(0));
  await bucket.put('single-other', Buffer.from('not to be read'));

  const { end, rows, byCode } = await (await openJob(place('odd/'), place('single'))).import();
  expect(byCode).toEqual({ STORED: 31, ARCHIVE_EXPANDED: 2, EMPTY_FILE: 1, NOT_DICOM: 1 });
  expect(end.exitCode).toBe(1);
  expect(await md5sHeld()).toEqual(images.slice(0, 31).map(md5).sort());
  const encoded = ['0 space', '1+plus', '2%252F', '3%3Fwho', '4&amp;', '5#hash', '6%0Aline', '7ü', '8東京/😀', '9//x'];
  const stored = rows.filter((row) => row.code === 'STORED' && !row.member).map(({ file }) => file);
  expect(stored.sort()).toEqual([...encoded.map((name) => place(`odd/${name}`)), place('single')].sort());
});

test("GIVEN more folders than a job's record names THEN each is read", async () => {
  const images = [...archive({ studies: 1, instancesPerStudy: 25, bytes: 2000, seed: 4 })];
  const folders = images.map((_, at) => `many/${String(at).padStart(2, '0')}`);
  for (const [at, image] of images.entries()) await bucket.put(`${folders[at]}/image`, image);
  const { byCode } = await (await openJob(...folders.map(place))).import();
  expect(byCode).toEqual({ STORED: 25 });
});

test('GIVEN kill -9 in the middle, twice THEN the same command completes, and each file is told of once', async () => {
  const images = [...archive({ studies: 6, instancesPerStudy: 100, bytes: 3000, seed: 3 })];
  for (const [at, image] of images.entries()) {
    const name = String(at).padStart(4, '0');
    await bucket.put(`killed/${name}`, at % 2 === 0 ? image : compressedAttachment(image));
    await bucket.put(`killed/${name}.copy`, headerOnly(image));
  }
  const job = await openJob(place('killed/'));
  for (const share of [0.2, 0.6]) {
    const running = job.start();
    await until(`${share * 100} % arrived`, async () => (await held(target)) >= share * images.length, 120);
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
  }
  const ended = await job.start().ended;
  expect(events(ended.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
  const { end, rows, byCode } = await job.imported(ended);
  const { STORED = 0, ALREADY_PRESENT = 0, ...others } = byCode;
  expect(STORED + ALREADY_PRESENT).toBe(images.length);
  expect(others).toEqual({ HEADER_ONLY_COPY: images.length });
  expect(end.exitCode).toBe(0);
  expect(new Set(rows.map(({ file }) => file)).size).toBe(2 * images.length);
  expect(await md5sHeld()).toEqual(images.map(md5).sort());
});
