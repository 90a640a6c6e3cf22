import { addCounts, finalCount, NO_COUNTS } from '../core/counts.ts';
import { MigrationError } from '../core/errors.ts';
import type { EndpointName, JobId } from '../core/ids.ts';
import { type DumpPlaces, type Job, type JobKind, type JobOptions, SCHEMA_VERSION } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { openRound } from './open-round.ts';
import { updateJob } from './update-job.ts';

/** Asks for a new job. The supervisor starts it. */
export async function requestJob(
  { store, clock }: Ports,
  wanted: {
    readonly id: JobId;
    readonly kind: JobKind;
    readonly source: EndpointName;
    readonly target: EndpointName;
    readonly dump?: DumpPlaces;
    readonly options: JobOptions;
  },
): Promise<Job> {
  const now = clock.now();
  const job: Job = {
    v: SCHEMA_VERSION,
    revision: 0,
    ...wanted,
    state: 'requested',
    round: 0,
    createdAt: now,
    updatedAt: now,
    settled: NO_COUNTS,
    harvested: { pages: 0, counts: NO_COUNTS },
    resumedAt: now,
    baseline: { failure: 0, final: 0 },
  };
  if (!(await store.createJob(job))) throw new MigrationError('JOB_EXISTS', `job ${wanted.id} exists already`);
  return (await store.job(wanted.id)) ?? job;
}

async function requireJob({ store }: Ports, id: JobId): Promise<Job> {
  const job = await store.job(id);
  if (!job) throw new MigrationError('UNKNOWN_JOB', `there is no job ${id}; "orthanc-migrate jobs" lists them`);
  return job;
}

function resumed(job: Job, now: number): Job {
  const { endedAt: _endedAt, reason: _reason, ...rest } = job;
  const totals = addCounts(job.settled, job.harvested.counts);
  return {
    ...rest,
    state: job.round === 0 ? 'requested' : 'running',
    resumedAt: now,
    baseline: { failure: totals.failure, final: finalCount(totals) },
  };
}

/** Lets a job that stopped by itself go on where it was, under these options. */
export async function resumeJob(ports: Ports, id: JobId, options: JobOptions): Promise<Job | undefined> {
  await requireJob(ports, id);
  return updateJob(ports, id, (job) =>
    job.state === 'stopped' ? { ...resumed(job, ports.clock.now()), options } : { ...job, options },
  );
}

/**
 * Opens a round that tries final failures again: all, or those with this code. Raises JOB_NOT_ENDED while the job runs.
 */
export async function retryFailures(ports: Ports, id: JobId, code: string | undefined): Promise<Job | undefined> {
  const job = await requireJob(ports, id);
  if (job.state !== 'completed' && job.state !== 'completed-with-failures')
    throw new MigrationError(
      'JOB_NOT_ENDED',
      `job ${id} is ${job.state}: its failures can be retried once it has completed`,
    );
  return openRetry(ports, job, code === undefined ? {} : { code });
}

/** Opens a round that tries failures of an ended job again, not before this time (milliseconds since the epoch). */
export async function openRetry(
  ports: Ports,
  job: Job,
  retry: NonNullable<Job['retry']>,
  notBefore = 0,
): Promise<Job | undefined> {
  const round = job.round + 1;
  await openRound(ports, job, round, 'retry', { notBefore, lastChance: false });
  return updateJob(ports, job.id, (current) => {
    if (current.round !== job.round) return undefined;
    const { retry: _retry, ...rest } = resumed(current, ports.clock.now());
    return {
      ...rest,
      state: 'running',
      round,
      settled: { ...addCounts(current.settled, current.harvested.counts), unsettled: 0 },
      harvested: { pages: 0, counts: NO_COUNTS },
      retry,
    };
  });
}

/** Stops a job for good. What was moved stays where it is. */
export async function cancelJob(ports: Ports, id: JobId): Promise<Job | undefined> {
  await requireJob(ports, id);
  return updateJob(ports, id, (job) => {
    if (job.state !== 'requested' && job.state !== 'running' && job.state !== 'stopped') return undefined;
    return {
      ...job,
      state: 'cancelled',
      endedAt: ports.clock.now(),
      reason: { code: 'CANCELLED', message: 'cancelled by the user' },
    };
  });
}
