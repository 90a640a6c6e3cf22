import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import {
  type Ended,
  endOf,
  events,
  run,
  type StateDirectory,
  start,
  stateDirectory,
} from '../../support/command-line.ts';
import { held } from '../../support/held.ts';
import { checkEvidence, compareServers } from '../../support/independent.ts';
import { type LocalStack, startLocalStack } from '../../support/local-stack.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const INSTANCES = 300;
let source: RunningOrthanc;
let target: RunningOrthanc;
let stack: LocalStack;
/** Only a place to copy to: a stack needs no state directory. */
let folder: StateDirectory;

beforeAll(async () => {
  source = await startOrthanc({ version: '1.10' });
  await upload(source.url, archive({ studies: 3, instancesPerStudy: 100, bytes: 8000 }));
});

afterAll(() => source?.stop());

beforeEach(async () => {
  [target, folder] = await Promise.all([startOrthanc({ version: '1.13' }), stateDirectory()]);
  stack = await startLocalStack({ old: source.url, new: target.url });
});

afterEach(async () => {
  await stack.stop();
  await Promise.all([target.stop(), folder.remove()]);
});

const command = (...args: string[]): Promise<Ended> => run(args, stack.env);
const json = async (...args: string[]) => events((await command(...args, '--json')).stdout);

test('GIVEN a stack THEN replicate follows its job to the end, and all about it is told as on one machine', async () => {
  const first = await command('replicate', 'old', 'new');
  expect(first.stderr).toMatch(/^job \S+: replicate old to new\n/);
  expect(first.stdout).toMatch(/^job \S+: completed after .*\n {2}moved, proven by MD5 +300 +\S+ MB\n/);
  expect(first.stdout).toMatch(/evidence: s3:\/\/evidence\/jobs\/\S+\/\n$/);
  expect(first.code).toBe(0);
  expect(await compareServers(source, target)).toMatchObject({ source: INSTANCES, contained: true });

  const again = await command('replicate', 'old', 'new', '--json');
  expect(endOf(again)).toMatchObject({ state: 'completed', exitCode: 0, scanned: INSTANCES });
  expect(endOf(again).counts).toMatchObject({ success: INSTANCES, alreadyThere: INSTANCES, sent: 0 });

  expect((await command('status')).stdout).toMatch(/^job \S+: completed\n/);
  expect(await json('jobs')).toMatchObject([{ state: 'completed' }, { state: 'completed', source: 'old' }]);
  expect((await command('failures')).stdout).toContain('has no failures');
  expect((await command('retry')).stdout).toContain('nothing to retry');

  const report = await command('report', '--output', join(folder.path, 'copy'));
  expect(report.stdout).toContain('copied 2 files to');
  expect(await checkEvidence(join(folder.path, 'copy'))).toMatchObject({
    problems: [],
    byCode: { ALREADY_PRESENT: INSTANCES },
  });
  const verified = await command('verify', '--job', endOf(again).job);
  expect(verified.stderr).toContain('1 file, 300 rows, as its manifest says');
  expect(verified.stdout).toContain('the target holds all of it');
  expect(verified.code).toBe(0);
});

test('GIVEN a job that was left alone THEN it can be paused, resumed, watched, limited and cancelled', async () => {
  const detached = await command('replicate', 'old', 'new', '--bwlimit', '100K', '--detach');
  const id = detached.stdout.trim();
  expect(id).toMatch(/^\d{8}-\d{6}-[0-9a-f]{4}$/);
  await until('something has arrived', async () => (await held(target)) > 0);

  expect((await command('pause')).stdout).toBe(`job ${id} rests: orthanc-migrate resume ${id} --stack archive\n`);
  expect((await command('pause')).stdout).toContain('had stopped before: paused by the user');
  expect(await json('status')).toMatchObject([{ state: 'stopped', reason: { code: 'PAUSED' } }]);
  const watched = await command('status', '--watch');
  expect(watched.stdout).toMatch(/: stopped after/);
  expect(watched.code).toBe(5);
  const resumed = await command('resume', id.slice(-4));
  expect(resumed.stdout).toBe(`job ${id} goes on: running\n`);

  const watching = start(['status', '--watch', id], stack.env);
  await until('it is shown', () => stack.asked.filter((type) => type === 'status').length > 4);
  watching.child.kill('SIGINT');
  const left = await watching.ended;
  expect(left.stderr).toContain(`cancel it:   orthanc-migrate cancel ${id} --stack archive`);
  expect(left.code).toBe(5);

  expect((await command('limits', 'new', '--transfers', '3')).stdout).toMatch(
    /^new: 3 transfers, .* bandwidth 100K\n$/,
  );
  expect((await command('cancel')).stdout).toContain(`job ${id} is cancelled; what it moved stays in new`);
  const refused = await command('resume');
  expect(refused.stderr).toBe(`error: job ${id} cannot be resumed: it is cancelled; start it anew\n`);
  expect(refused.code).toBe(2);
});

test('GIVEN the same command while a job runs THEN it goes on with it, and Ctrl-C leaves it alone', async () => {
  const first = start(['replicate', 'old', 'new', '--bwlimit', '100K', '--json'], stack.env);
  await until('something has arrived', async () => (await held(target)) > 0);
  first.child.kill('SIGINT');
  const left = await first.ended;
  expect(events(left.stdout).at(-1)).toMatchObject({ event: 'left' });
  expect(left.code).toBe(5);
  const second = await command('replicate', 'old', 'new', '--bwlimit', 'off', '--json');
  expect(events(second.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
  expect(endOf(second)).toMatchObject({ state: 'completed', counts: { success: INSTANCES } });
  expect(events((await command('jobs', '--json')).stdout)).toHaveLength(1);
});
