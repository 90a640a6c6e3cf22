/** Files that are written, replaced or removed while an import runs: each is taken as it is in the end, none half and half. */
import { appendFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeInstance, uid } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { type Import, importing } from './importing.ts';
import { headerOnly } from './objects.ts';
import { type Folder, makeFolder, md5 } from './storage.ts';

jest.setTimeout(120_000);

const POSTS = { method: 'POST', path: '/instances' };
/** Beyond this a file is not read in one go. */
const LARGE = 4_000_000;

let folder: Folder;
let target: RunningOrthanc;
let proxy: FaultProxy;
let job: Import;

beforeEach(async () => {
  [folder, target] = await Promise.all([makeFolder(), startOrthanc({ version: '1.13' })]);
  proxy = await startFaultProxy(target.url);
  job = await importing(folder.path, proxy.url);
});

afterEach(async () => {
  await proxy.stop();
  await job.remove();
  await Promise.all([target.stop(), folder.remove()]);
});

const md5s = async () => [...(await inventory(target)).values()].map((stored) => stored.md5 ?? '').sort();
/** All of one study: within it, files are sent in the order of the dump. */
const STUDY = { patientId: 'CHANGING', studyUid: uid('changing'), seriesUid: uid('changing', 1) };
const image = (seed: number) => makeInstance({ seed, bytes: 6000, ...STUDY });

/** Lets this happen when the first image is on its way, and all the others are planned, but not sent. */
async function whileRunning(change: () => Promise<unknown>): Promise<void> {
  await folder.write('0-first', image(1000));
  await proxy.fault({ ...POSTS, sopInstanceUid: uid('sop', 1000), times: 1, kind: 'run', when: 'before', run: change });
}

/** One at a time, in the order of their names. */
const IN_ORDER = ['--transfers', '1'];

describe('files that change after they were planned', () => {
  test('GIVEN files that are completed, replaced, removed or emptied THEN each has the outcome of what it is now', async () => {
    const whole = image(1);
    const files = {
      grown: await folder.write('a', whole.subarray(0, whole.length - 2000)),
      gone: await folder.write('b', image(2)),
      replaced: await folder.write('c', image(3)),
      noDicom: await folder.write('d', image(4)),
      emptied: await folder.write('e', image(5)),
      cut: await folder.write('f', image(6)),
    };
    await whileRunning(async () => {
      await appendFile(files.grown, whole.subarray(whole.length - 2000));
      await rm(files.gone);
      await writeFile(`${folder.path}.new`, image(33));
      await rename(`${folder.path}.new`, files.replaced);
      await writeFile(files.noDicom, 'something else');
      await truncate(files.emptied, 0);
      await truncate(files.cut, headerOnly(image(6)).length);
    });
    const { end, row } = await job.import(...IN_ORDER);
    expect(row(files.grown)).toMatchObject({ code: 'STORED', md5Source: md5(whole) });
    expect(row(files.gone).code).toBe('FILE_VANISHED');
    expect(row(files.replaced)).toMatchObject({ code: 'STORED', md5Source: md5(image(33)) });
    expect(row(files.noDicom).code).toBe('NOT_DICOM');
    expect(row(files.emptied).code).toBe('EMPTY_FILE');
    expect(row(files.cut).code).toBe('PIXEL_DATA_MISSING');
    expect(end).toMatchObject({ state: 'completed-with-failures', exitCode: 6, scanned: 7 });
    expect(await md5s()).toEqual([image(1000), whole, image(33)].map(md5).sort());

    await folder.write('b', image(2));
    await folder.write('f', image(6));
    const retried = await job.imported(await job.command('retry', '--json'));
    expect(retried.row(files.gone).code).toBe('STORED');
    expect(retried.row(files.cut).code).toBe('STORED');
    expect(retried.end).toMatchObject({ state: 'completed', exitCode: 1 });
    expect(job.deadLetters()).toEqual([]);
    expect(await md5s()).toEqual([image(1000), whole, image(33), image(2), image(6)].map(md5).sort());
  });

  test.each([
    ['rewritten in place', 'STORED 2', (path: string, content: Buffer) => writeFile(path, content, { flag: 'r+' })],
    [
      'replaced by another',
      // Whoever has a file open has all of it, whatever has its name.
      'STORED 1',
      async (path: string, content: Buffer) => {
        await writeFile(`${folder.path}.new`, content);
        await rename(`${folder.path}.new`, path);
      },
    ],
  ])('GIVEN a large file that is %s while it is read THEN no mixture of both is stored', async (_, outcome, change) => {
    const before = makeInstance({ seed: 1, bytes: LARGE });
    // The same identity and size, other pixels.
    const after = makeInstance({ seed: 2, bytes: LARGE, sopUid: uid('sop', 1), ...identityOf(1) });
    expect(after.length).toBe(before.length);
    const file = await folder.write('a', before);
    await proxy.fault({
      ...POSTS,
      sopInstanceUid: uid('sop', 1),
      times: 1,
      kind: 'run',
      when: 'before',
      run: () => change(file, after),
    });
    // Slowly, so that it is in the middle.
    const { row } = await job.import('--bwlimit', '2M');
    const stored = await md5s();
    expect(stored).toHaveLength(1);
    expect([md5(before), md5(after)]).toContain(stored[0]);
    const { code, attempts, ...sums } = row(file);
    expect(sums).toMatchObject({ md5Source: stored[0], md5Target: stored[0] });
    expect(`${code} ${attempts}`).toBe(outcome);
  });
});

function identityOf(seed: number) {
  return { patientId: `PATIENT${seed}`, studyUid: uid('study', seed), seriesUid: uid('series', seed) };
}

describe('an image whose pixels were missing', () => {
  const whole = makeInstance({ seed: 1, bytes: 6000 });

  test('GIVEN that its complete file is added THEN the same command stores it, and its copy is no failure any more', async () => {
    const copy = await folder.write('a', headerOnly(whole));
    expect((await job.import()).row(copy).code).toBe('PIXEL_DATA_MISSING');
    const complete = await folder.write('b', whole);
    const { end, row } = await job.import();
    expect(row(complete).code).toBe('STORED');
    expect(row(copy).code).toBe('HEADER_ONLY_COPY');
    expect(end.exitCode).toBe(0);
  });

  test('GIVEN that the target has it meanwhile THEN retry finds nothing missing', async () => {
    const copy = await folder.write('a', headerOnly(whole));
    expect((await job.import()).end.exitCode).toBe(6);
    const elsewhere = await makeFolder();
    await elsewhere.write('b', whole);
    const other = await importing(elsewhere.path, target.url);
    expect((await other.import()).byCode).toEqual({ STORED: 1 });
    await Promise.all([other.remove(), elsewhere.remove()]);
    const { end, row } = await job.imported(await job.command('retry', '--json'));
    expect(row(copy).code).toBe('HEADER_ONLY_COPY');
    expect(end).toMatchObject({ state: 'completed', exitCode: 0, counts: { failure: 0, skipped: 1 } });
    expect(job.deadLetters()).toEqual([]);
    expect(await md5s()).toEqual([md5(whole)]);
  });
});
