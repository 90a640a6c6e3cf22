import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import { killChild } from '../../aws/child.ts';
import { archive } from '../../support/archive.ts';
import { PROGRAM } from '../../support/command-line.ts';
import { tied } from '../../support/daemon.ts';
import { uid } from '../../support/dicom.ts';
import { expectSameServers } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';
import { withPair } from './servers.ts';
import { removeSynthesis, type Stack } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const SEED = 71;
const STUDIES = 40;
const PER_STUDY = 50;
const INSTANCES = STUDIES * PER_STUDY;
const SHAPE = { studies: STUDIES, instancesPerStudy: PER_STUDY, bytes: 4096, seed: SEED };
/** More than a function of this stack may begin. */
const LARGE = { studies: 1, instancesPerStudy: 1, bytes: 5 * 1024 * 1024, seed: SEED + 1 };
const PRELOAD = join(import.meta.dirname, '../../aws/live-by.ts');

interface Worker {
  readonly process: ChildProcess;
  /** Chunks that it has closed. */
  chunks(): Promise<number>;
  /** Ctrl-C; returns the exit code. */
  end(): Promise<unknown>;
}

let workers = 0;

/** The real command line, in the time of the rig. */
async function startWorker({ stack, services, time, folder }: Stack, ...options: string[]): Promise<Worker> {
  workers += 1;
  const logFile = join(folder, `worker-${workers}.log`);
  const log = openSync(logFile, 'a');
  const program = ['--import', PRELOAD, PROGRAM, 'worker', '--stack', stack, ...options];
  const [command, args] = tied({ command: process.execPath, args: program });
  const env = { PATH: process.env.PATH ?? '', ...services.env, RIG_CLOCK: JSON.stringify(time.settings()) };
  const child = spawn(command, args, { env, stdio: ['ignore', log, log] });
  closeSync(log);
  await once(child, 'spawn');
  const text = () => readFile(logFile, 'utf8');
  await until('the worker is there', async () => {
    if (child.exitCode !== null) throw new Error(`the worker has ended: ${await text()}`);
    return (await text()).includes('working for stack');
  });
  return {
    process: child,
    chunks: async () => (await text()).split('"message":"chunk closed"').length - 1,
    async end() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      const [code] = await ended;
      return code;
    },
  };
}

const studies = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => uid(SEED, from + n));

test('GIVEN a worker THEN it does what functions that are off, or too small, or out of reach leave to it', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    const transfer = stack.mappings.get('transfer');
    const start = (from: number, to: number) =>
      stack.control('start', {
        kind: 'replicate',
        source: 'source',
        target: 'target',
        options: { selection: { studies: studies(from, to) } },
      });
    const half = { success: INSTANCES / 2, failure: 0, warning: 0, skipped: 0, unsettled: 0 };

    // The functions are switched off; the worker is killed in the middle of the job, and another one begins.
    transfer?.enable(false);
    await until('no chunk is delivered', async () => transfer?.state === 'Disabled');
    const killed = await startWorker(stack, '--beside-functions');
    const first = await start(0, STUDIES / 2);
    await until('the worker is at work', async () => proxy.traffic.stored > INSTANCES / 6, 120);
    await killChild(killed.process);
    expect((await stack.status(first.job.id)).counts.success).toBeLessThan(INSTANCES / 2);
    const next = await startWorker(stack, '--beside-functions');
    expect(await stack.untilEnded(first.job.id)).toMatchObject({ job: { state: 'completed' }, counts: half });
    expect(stack.functions.transfer.statistics.invocations).toBe(0);

    // Both at work.
    transfer?.enable(true);
    await until('chunks are delivered', async () => transfer?.state === 'Enabled');
    const before = await next.chunks();
    const second = await start(STUDIES / 2, STUDIES);
    expect(await stack.untilEnded(second.job.id)).toMatchObject({ job: { state: 'completed' }, counts: half });
    expect(stack.functions.transfer.statistics.invocations).toBeGreaterThan(0);
    expect(await next.chunks()).toBeGreaterThan(before);
    expect(await next.end()).toBe(0);
    await expectSameServers(source, target, INSTANCES);

    // Too large for a function, while no worker is there; then one is.
    await upload(source.url, archive(LARGE));
    const third = await stack.control('start', { kind: 'replicate', source: 'source', target: 'target' });
    const failed = await stack.untilEnded(third.job.id);
    expect(failed).toMatchObject({
      job: { state: 'completed-with-failures' },
      counts: { success: INSTANCES, alreadyThere: INSTANCES, failure: 1 },
    });
    expect(await stack.deadLetters()).toMatchObject([{ code: 'TOO_LARGE_FOR_LAMBDA' }]);
    const lane = await startWorker(stack);
    await stack.control('retry', { job: third.job.id });
    const moved = await stack.untilEnded(third.job.id);
    expect(moved).toMatchObject({
      job: { state: 'completed' },
      counts: { success: INSTANCES + 1, failure: 0, sent: 1 },
    });
    await expectSameServers(source, target, INSTANCES + 1);

    // A server that functions cannot reach: the worker lists it, supervises and compares.
    const far = await stack.control('start', { kind: 'verify', source: 'clinic', target: 'target' });
    expect(far.warnings).toMatchObject([{ code: 'NOT_CHECKED' }]);
    const compared = await stack.untilEnded(far.job.id);
    expect(compared).toMatchObject({ job: { state: 'completed' }, counts: { success: INSTANCES + 1, failure: 0 } });
    expect(await lane.end()).toBe(0);
    await stack.expectNoDeadLetters();
    for (const job of [first, second, third, far]) expect((await stack.evidence(job.job.id)).problems).toEqual([]);
  });
});
