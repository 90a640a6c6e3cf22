import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive, archiveSpecs } from '../../support/archive.ts';
import { type Ended, events, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { makeInstance } from '../../support/dicom.ts';
import { checkEvidence, compareServers } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const SHAPE = { studies: 2, instancesPerStudy: 20, modalities: ['CT', 'MR'] };
const FILTER = `function ReceivedInstanceFilter(dicom) return dicom['Modality'] ~= 'MR' end`;

let source: RunningOrthanc;
let target: RunningOrthanc;
let state: StateDirectory;

beforeAll(async () => {
  source = await startOrthanc({ version: '1.10' });
  await upload(source.url, archive(SHAPE));
});

afterAll(() => source?.stop());

beforeEach(async () => {
  state = await stateDirectory();
});

afterEach(async () => {
  await target.stop();
  await state.remove();
});

function command(name: string, ...args: string[]): Promise<Ended> {
  return run([name, ...args, '--state-dir', state.path]);
}

test('GIVEN instances that a filter of the target discards THEN failures explains them and retry moves them', async () => {
  target = await startOrthanc({ version: '1.13', lua: FILTER });
  const first = await command('replicate', source.url, target.url);
  expect(first.stdout).toMatch(/: completed with failures after/);
  expect(first.stdout).toMatch(/failed +20\n +20 TARGET_FILTERED_OUT: a filter of the target/);
  expect(first.stdout).toContain('orthanc-migrate failures');
  expect(first.code).toBe(6);

  const failures = await command('failures', '--limit', '3');
  expect(failures.stdout).toContain('TARGET_FILTERED_OUT (20 instances): a filter of the target');
  expect(failures.stdout).toMatch(/\n {2}[0-9a-f-]{44} {2}1 attempt\n {4}study [0-9a-f-]{44}\n/);
  expect(failures.stdout).toContain('… and 17 more');
  for (const line of failures.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  const rows = events((await command('failures', '--json')).stdout);
  expect(rows).toHaveLength(20);
  expect(rows[0]).toMatchObject({ outcome: 'failure', code: 'TARGET_FILTERED_OUT', attempts: 1 });

  for (const asking of ['retry', 'failures']) {
    const mistaken = await command(asking, '--reason', 'NO_SUCH_CODE');
    expect(mistaken.stderr).toMatch(/^error: --reason: "NO_SUCH_CODE" is no code of a failure; /);
    expect(mistaken.code).toBe(2);
  }
  expect((await command('retry', '--reason', 'TARGET_ERROR')).stdout).toContain('no failure TARGET_ERROR');
  const nothing = await command('retry', '--reason', 'TARGET_ERROR', '--json');
  expect(events(nothing.stdout)).toMatchObject([{ event: 'nothing' }]);
  expect((await command('retry', '--target', source.url)).stderr).toMatch(/is not the target of job/);

  const vain = await command('retry');
  expect(vain.stdout).toContain('20 TARGET_FILTERED_OUT');
  expect(vain.code).toBe(6);

  await target.restart({ lua: '' });
  const retried = await command('retry', '--reason', 'TARGET_FILTERED_OUT', '--json');
  const end = events(retried.stdout).at(-1) as { evidence: string };
  expect(end).toMatchObject({ state: 'completed', exitCode: 0, counts: { success: 40, failure: 0 } });
  expect(await checkEvidence(end.evidence)).toMatchObject({ problems: [], byCode: { STORED: 40 } });
  expect((await command('failures')).stdout).toContain('has no failures');
  expect(await compareServers(source, target)).toMatchObject({ source: 40, contained: true });
});

test('GIVEN other content under the same identity THEN it is kept with a warning, or a failure, and code 1 or 6', async () => {
  target = await startOrthanc({ version: '1.13' });
  const [spec] = archiveSpecs(SHAPE);
  if (!spec) throw new Error('the archive is empty');
  await upload(target.url, [makeInstance({ ...spec, seed: 4711 })]);
  const kept = await command('replicate', source.url, target.url);
  expect(kept.stdout).toMatch(/with a warning +1\n +1 CONFLICT_KEPT: the target holds other content/);
  expect(kept.stdout).toContain('a warning needs a look');
  expect(kept.code).toBe(1);
  const failed = await command('replicate', source.url, target.url, '--conflict', 'fail');
  expect(failed.stdout).toMatch(/1 CONFLICT: the target holds other content/);
  expect(failed.code).toBe(6);
});
