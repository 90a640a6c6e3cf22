import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { type Ended, events, run, type StateDirectory, start, stateDirectory } from '../../support/command-line.ts';
import { held } from '../../support/held.ts';
import { checkEvidence, compareServers } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const INSTANCES = 900;
let source: RunningOrthanc;
let target: RunningOrthanc;
let state: StateDirectory;

beforeAll(async () => {
  source = await startOrthanc({ version: '1.10' });
  await upload(source.url, archive({ studies: 6, instancesPerStudy: 150, bytes: 8000 }));
});

afterAll(() => source?.stop());

beforeEach(async () => {
  [target, state] = await Promise.all([startOrthanc({ version: '1.13' }), stateDirectory()]);
});

afterEach(async () => {
  await target.stop();
  await state.remove();
});

function command(name: string, ...args: string[]): Promise<Ended> {
  return run([name, ...args, '--state-dir', state.path]);
}

const last = (ended: Ended) =>
  events(ended.stdout).at(-1) as { job: string; evidence: string } & Record<string, unknown>;

test('GIVEN two servers THEN replicate moves and proves, and moves nothing the second time', async () => {
  const first = await command('replicate', source.url, target.url);
  expect(first.stdout).toMatch(/^job \S+: completed after .*\n {2}moved, proven by MD5 +900 +\S+ MB\n/);
  expect(first.stdout).toContain('all that the source held is in the target');
  expect(first.code).toBe(0);
  expect(await compareServers(source, target)).toMatchObject({ source: INSTANCES, contained: true });

  const second = await command('replicate', source.url, target.url, '--json');
  const end = last(second);
  expect(end).toMatchObject({ event: 'end', state: 'completed', exitCode: 0, scanned: INSTANCES });
  expect(end.counts).toMatchObject({ success: INSTANCES, alreadyThere: INSTANCES, sent: 0, sentBytes: 0 });
  const evidence = await checkEvidence(end.evidence);
  expect(evidence).toMatchObject({ problems: [], byCode: { ALREADY_PRESENT: INSTANCES } });

  const jobs = await command('jobs');
  expect(jobs.stdout.trim().split('\n')).toHaveLength(3);
});

test('GIVEN --quiet THEN success is silent', async () => {
  const ended = await command('replicate', source.url, target.url, '--quiet', '--study-date', '-20200101');
  expect(ended).toMatchObject({ code: 0, stdout: '', stderr: '' });
});

test('GIVEN a selection and --dry-run THEN it tells what would be sent, and sends nothing', async () => {
  const ended = await command('replicate', source.url, target.url, '--dry-run', '--study-date', '20200101-20200102');
  expect(ended.stdout).toMatch(/300, \S+ MB WOULD_SEND/);
  expect(ended.code).toBe(0);
  expect(await compareServers(source, target)).toMatchObject({ target: 0 });
});

test('GIVEN Ctrl-C THEN it drains, says how to go on, and the same command does', async () => {
  const args = ['replicate', source.url, target.url, '--state-dir', state.path, '--bwlimit', '300K'];
  const first = start(args);
  await until('something has arrived', async () => (await held(target)) > 20);
  first.child.kill('SIGINT');
  const interrupted = await first.ended;
  expect(interrupted.stderr).toContain('ending: waiting for what is on the wire');
  expect(interrupted.stdout).toMatch(/: interrupted after .*/);
  expect(interrupted.stdout).toContain('the same command goes on where it ended');
  expect(interrupted.code).toBe(5);
  expect((await command('status')).stdout).toMatch(/^job \S+: interrupted\n/);

  const second = await run([...args.slice(0, -1), 'off', '--json']);
  expect(events(second.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
  expect(last(second)).toMatchObject({ state: 'completed', scanned: INSTANCES, counts: { success: INSTANCES } });
});

test('GIVEN kill -9 THEN the same command goes on at once, and --restart begins anew', async () => {
  const args = ['replicate', source.url, target.url, '--state-dir', state.path];
  for (const more of [[], ['--restart']]) {
    const first = start([...args, '--bwlimit', '1M']);
    await until('the job has begun', () => first.stderr().includes('job '));
    first.child.kill('SIGKILL');
    await first.ended;
    const second = await run([...args, '--bwlimit', 'off', '--json', ...more]);
    const how = more.length === 0 ? 'resumed' : 'new';
    expect(events(second.stdout).find(({ event }) => event === 'job')).toMatchObject({ how });
    expect(last(second)).toMatchObject({ state: 'completed', counts: { success: INSTANCES } });
    await expect(checkEvidence(last(second).evidence)).resolves.toMatchObject({ problems: [] });
  }
  const states = events((await command('jobs', '--json')).stdout).map((job) => job.state);
  expect(states).toEqual(['completed', 'cancelled', 'completed']);
});

test('GIVEN a running job THEN cancel and limits of another process reach it', async () => {
  const first = start(['replicate', source.url, target.url, '--state-dir', state.path, '--bwlimit', '300K']);
  await until('something has arrived', async () => (await held(target)) > 0);
  const limits = await command('limits', target.url, '--transfers', '3', '--max-inflight-bytes', '1G');
  expect(limits.stdout).toContain('3 transfers, 1.07 GB on the wire, bandwidth 300K');
  expect((await command('cancel')).stdout).toMatch(/^job \S+ is cancelled/);
  const ended = await first.ended;
  expect(ended.stdout).toMatch(/: cancelled after/);
  expect(ended.code).toBe(5);
});

test('GIVEN a completed job THEN verify --job checks its evidence, and report copies it', async () => {
  const { job, evidence } = last(await command('replicate', source.url, target.url, '--json'));
  const verified = await command('verify', '--job', job);
  expect(verified.stderr).toContain(`evidence of job ${job}: 1 file, 900 rows, as its manifest says`);
  expect(verified.stdout).toContain('the target holds all of it');
  expect(verified.code).toBe(0);

  const copy = join(state.path, 'copy');
  expect((await command('report', job, '--output', copy)).stdout).toContain(`copied 2 files to ${copy}`);
  expect(await checkEvidence(copy)).toMatchObject({ problems: [], byCode: { STORED: INSTANCES } });

  const shard = join(evidence, 'SUCCESS', '000001.ndjson');
  await writeFile(shard, (await readFile(shard, 'utf8')).replace('STORED', 'FORGED'));
  const forged = await command('verify', '--job', job);
  expect(forged.stderr).toContain('SUCCESS/000001.ndjson was changed: its SHA-256 is not that of the manifest');
  expect(forged.code).toBe(1);
});

test('GIVEN differences THEN verify shows them and ends with code 1', async () => {
  await command('replicate', source.url, target.url);
  const [study] = (await (await fetch(`${target.url}studies`)).json()) as string[];
  await fetch(`${target.url}studies/${study}`, { method: 'DELETE' });
  const verified = await command('verify', source.url, target.url);
  expect(verified.stdout).toMatch(/150 MISSING: verify: not in the target/);
  expect(verified.code).toBe(1);
  const failures = await command('failures');
  expect(failures.stdout).toContain('MISSING (150 instances): verify: not in the target');
  expect(failures.stdout).toContain('… and 130 more');
});
