import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { endOf, run, type StateDirectory, start, stateDirectory } from '../../support/command-line.ts';
import { held } from '../../support/held.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(120_000);

let source: RunningOrthanc;
let target: RunningOrthanc;
let state: StateDirectory;

beforeAll(async () => {
  source = await startOrthanc({ version: '1.10' });
  await upload(source.url, archive({ studies: 2, instancesPerStudy: 100, bytes: 8000 }));
});

afterAll(() => source?.stop());

beforeEach(async () => {
  [target, state] = await Promise.all([startOrthanc({ version: '1.13' }), stateDirectory()]);
});

afterEach(async () => {
  await target.stop();
  await state.remove();
});

const replicate = () => start(['replicate', source.url, target.url, '--state-dir', state.path, '--bwlimit', '300K']);

test('GIVEN a job of another process THEN status --watch shows it to its end, and how that was', async () => {
  const job = replicate();
  await until('something has arrived', async () => (await held(target)) > 0);
  const watched = await run(['status', '--watch', '--state-dir', state.path, '--json']);
  expect(endOf(watched)).toMatchObject({ state: 'completed', scanned: 200, exitCode: 0 });
  expect(watched.stdout).toContain('"event":"progress"');
  expect(watched.code).toBe(0);
  expect((await job.ended).code).toBe(0);
});

test('GIVEN Ctrl-C THEN the watching ends and the job goes on; GIVEN its death THEN the watching ends, too', async () => {
  const job = replicate();
  await until('something has arrived', async () => (await held(target)) > 0);
  const first = start(['status', '--watch', '--state-dir', state.path, '--json']);
  await until('it is shown', () => first.stdout() !== '');
  first.child.kill('SIGINT');
  const left = await first.ended;
  expect(left.stdout).toContain('"event":"left"');
  expect(left.code).toBe(5);
  expect(job.child.exitCode).toBeNull();

  const second = start(['status', '--watch', '--state-dir', state.path]);
  await until('it may look', () => second.child.pid !== undefined);
  job.child.kill('SIGKILL');
  await job.ended;
  const ended = await second.ended;
  expect(ended.stdout).toMatch(/: interrupted after/);
  expect(ended.code).toBe(5);
});
