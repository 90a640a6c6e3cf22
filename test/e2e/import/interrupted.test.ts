/** `kill -9` at any moment of an import: the same command goes on at once, no file is told of twice, and the counters are exact. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { type Ended, events } from '../../support/command-line.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { held } from '../../support/held.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { type Import, type Imported, importing } from './importing.ts';
import { headerOnly } from './objects.ts';
import { type Folder, filesIn, makeFolder, md5 } from './storage.ts';

jest.setTimeout(300_000);

const IMAGES = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 6000 : 900;
/** What no other copy has the pixels of. */
const LOST = 3;

let folder: Folder;
let target: RunningOrthanc;
let job: Import;
let wanted: string[];

beforeEach(async () => {
  [folder, target] = await Promise.all([makeFolder(), startOrthanc({ version: '1.13' })]);
  job = await importing(folder.path, target.url);
  wanted = [];
  let number = 0;
  for (const image of archive({ studies: 10, instancesPerStudy: IMAGES / 10, bytes: 3000 })) {
    const written = number % 2 === 0 ? image : compressedAttachment(image);
    await folder.store(headerOnly(image));
    if (number >= LOST) {
      await folder.store(written);
      wanted.push(md5(image));
    }
    number += 1;
  }
  await folder.write('notes.txt', Buffer.from('no DICOM file'));
});

afterEach(async () => {
  await job.remove();
  await Promise.all([target.stop(), folder.remove()]);
});

/** What arrived came from us, or nobody knows it: each file is counted once. */
async function expectExact({ end, rows, byCode }: Imported): Promise<void> {
  const { STORED = 0, ALREADY_PRESENT = 0, ...others } = byCode;
  expect(STORED + ALREADY_PRESENT).toBe(IMAGES - LOST);
  expect(others).toEqual({ HEADER_ONLY_COPY: IMAGES - LOST, PIXEL_DATA_MISSING: LOST, NOT_DICOM: 1 });
  expect(end).toMatchObject({ state: 'completed-with-failures', exitCode: 6, scanned: 2 * IMAGES - LOST + 1 });
  expect(end.counts).toMatchObject({
    success: IMAGES - LOST,
    failure: LOST,
    warning: 0,
    alreadyThere: ALREADY_PRESENT,
  });
  expect(rows.map(({ file }) => file).sort()).toEqual((await filesIn(folder.path)).sort());
  // The target was empty: nothing was there that we may call somebody else's.
  const success = rows.filter(({ outcome }) => outcome === 'success');
  expect(success.filter(({ sentByUs }) => sentByUs === 'no')).toEqual([]);
  expect(success.filter(({ sentByUs }) => sentByUs === 'yes')).toHaveLength(end.counts.sent ?? -1);
  expect([...(await inventory(target)).values()].map((stored) => stored.md5).sort()).toEqual([...wanted].sort());
  const lost = rows.filter(({ code }) => code === 'PIXEL_DATA_MISSING').map(({ file }) => file);
  expect(
    job
      .deadLetters()
      .map(({ file }) => file)
      .sort(),
  ).toEqual(lost.sort());
}

test('GIVEN kill -9 at 30 % and at 80 % THEN the same command completes', async () => {
  for (const share of [0.3, 0.8]) {
    const running = job.start();
    await until(`${share * 100} % arrived`, async () => (await held(target)) >= share * IMAGES, 120);
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await held(target)).toBeLessThan(IMAGES - LOST);
  }
  const last = job.start();
  const ended = await last.ended;
  expect(events(ended.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
  await expectExact(await job.imported(ended));
});

test('GIVEN kill -9 again and again, while it plans and later THEN the same command completes', async () => {
  let kills = 0;
  let last: Ended | undefined;
  while (kills < 8 && !last) {
    const running = job.start();
    await until('the job goes on', () => events(running.stdout()).some(({ event }) => event === 'job'));
    // At once, then a little later each time.
    await Promise.race([running.ended, new Promise((resolve) => setTimeout(resolve, kills * 60))]);
    running.child.kill('SIGKILL');
    const ended = await running.ended;
    // On a quick machine it may have come to its end: the same command would begin another job.
    if (events(ended.stdout).some(({ event }) => event === 'end')) last = ended;
    else kills += 1;
  }
  expect(kills).toBeGreaterThan(3);
  await expectExact(await (last ? job.imported(last) : job.import()));
});

test('GIVEN Ctrl+C THEN it stops in good order, and the same command completes', async () => {
  const running = job.start();
  await until('some arrived', async () => (await held(target)) >= 50);
  running.child.kill('SIGINT');
  expect(await running.ended).toMatchObject({ code: 5 });
  await expectExact(await job.import());
});
