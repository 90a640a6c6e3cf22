/** Instances that the source receives while a job runs. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { endOf, run, type StateDirectory, start, stateDirectory } from '../../support/command-line.ts';
import { compareServers, inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { expectSameServers, expectSoundEvidence } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(300_000);

const FIRST = 600;
const shape = { studies: 12, instancesPerStudy: 50, seriesPerStudy: 2, bytes: 20_000 };

let source: RunningOrthanc;
let target: RunningOrthanc;
let state: StateDirectory;

beforeEach(async () => {
  [source, target, state] = await Promise.all([
    startOrthanc({ version: '1.13' }),
    startOrthanc({ version: '1.10' }),
    stateDirectory(),
  ]);
  await upload(source.url, archive({ ...shape, seed: 1 }));
});

afterEach(() => Promise.all([source?.stop(), target?.stop(), state?.remove()]));

function command(...more: string[]): string[] {
  return ['replicate', source.url, target.url, '--state-dir', state.path, '--json', ...more];
}

test('GIVEN new studies and new images of known studies while the job runs THEN all of them arrive with it', async () => {
  const running = start(command('--bwlimit', '2M'));
  await until('the first images arrived', async () => (await inventory(target)).size > 50);
  // Studies that are new, and more images (the second hundred) of studies that were listed before.
  await upload(source.url, archive({ ...shape, studies: 4, seed: 2 }), { concurrency: 2 });
  await upload(source.url, archive({ ...shape, studies: 6, instancesPerStudy: 70, seed: 1 }), { concurrency: 2 });
  const stored = FIRST + 200 + 6 * 20;
  expect((await inventory(target)).size).toBeLessThan(FIRST);
  await run(['limits', target.url, '--bwlimit', 'off', '--state-dir', state.path]);
  const end = endOf(await running.ended);
  expect(end).toMatchObject({ state: 'completed', exitCode: 0, scanned: stored });
  expect(end.counts).toMatchObject({ success: stored, sent: stored });
  expect(end.rounds).toBeGreaterThan(1);
  expect((await expectSoundEvidence(end)).byCode).toEqual({ STORED: stored });
  await expectSameServers(source, target, stored);
});

test('GIVEN a source that never rests THEN the job ends, and the next one brings the rest', async () => {
  let stop = false;
  let stored = FIRST;
  const feeding = (async () => {
    for (let seed = 100; !stop; seed += 1) {
      await upload(source.url, archive({ studies: 1, instancesPerStudy: 1, seed }), { concurrency: 1 });
      stored += 1;
    }
  })();
  const end = endOf(
    await run(command()).finally(() => {
      stop = true;
    }),
  );
  await feeding;
  expect(end).toMatchObject({ state: 'completed', exitCode: 0 });
  const { rows } = await expectSoundEvidence(end);
  const after = await compareServers(source, target);
  expect(after).toMatchObject({ source: stored, different: [], extra: [] });
  // What was stored before the job's last round is there; what is missing came after it.
  expect(end.scanned).toBeGreaterThan(FIRST);
  expect(after.missing).toHaveLength(stored - end.scanned);
  const proven = new Set(rows.map((row) => row.instance));
  expect(after.missing.filter((id) => proven.has(id))).toEqual([]);

  const next = endOf(await run(command()));
  expect(next).toMatchObject({ state: 'completed', scanned: stored });
  expect(next.counts).toMatchObject({ sent: after.missing.length, alreadyThere: end.scanned });
  await expectSameServers(source, target, stored);
});
