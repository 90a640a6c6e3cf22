import { MigrationError } from '../core/errors.ts';
import type { EndpointName, JobId } from '../core/ids.ts';
import type { DumpPlaces, Job, JobKind, JobOptions } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { cancelJob, requestJob, resumeJob } from '../supervise/requests.ts';
import { newJobId } from './job-id.ts';
import { changeLimits, type LimitChanges } from './limits.ts';
import { unfinishedJob } from './same-job.ts';

/** What a job is begun with, whatever its source is. */
export interface WantedJob {
  readonly kind: JobKind;
  readonly source: EndpointName;
  readonly target: EndpointName;
  readonly options: JobOptions;
  readonly limits: LimitChanges;
  /** A new job even where an unfinished one could be continued. */
  readonly restart: boolean;
  /** Of a new job. What is asked for again under the same id is the same job. */
  readonly id?: JobId;
  /** Of an import: keeps what it reads for the job with this id. */
  readonly keepPlaces?: (id: JobId) => Promise<DumpPlaces>;
}

export interface Beginning {
  readonly job: Job;
  readonly how: 'new' | 'resumed' | 'retry';
}

/** Goes on with the unfinished job of the same identity, or requests a new one. `beforeResume`: see `goOn`. */
export async function beginJob(ports: Ports, wanted: WantedJob, beforeResume?: () => void): Promise<Beginning> {
  const { kind, source, target, options, limits, restart, keepPlaces } = wanted;
  const known = wanted.id && (await ports.store.job(wanted.id));
  if (known) return { job: known, how: 'new' };
  await changeLimits(ports.store, target, limits);
  const identity = { kind, source, target, selection: options.selection };
  const unfinished = unfinishedJob(await ports.store.jobs(), identity);
  if (unfinished && !restart) return goOn(ports, unfinished, options, beforeResume);
  if (unfinished) await cancelJob(ports, unfinished.id);
  const id = wanted.id ?? newJobId(ports.clock.now());
  const dump = keepPlaces && { dump: await keepPlaces(id) };
  return { job: await requested(ports, { id, kind, source, target, ...dump, options }), how: 'new' };
}

/** Goes on with a job under these options. `beforeResume` is called when it had stopped: what queues hold of it is queued anew. */
export async function goOn(ports: Ports, job: Job, options: JobOptions, beforeResume?: () => void): Promise<Beginning> {
  if (job.state === 'stopped') beforeResume?.();
  const resumed = await resumeJob(ports, job.id, options);
  return { job: resumed ?? job, how: 'resumed' };
}

/** Of two that ask for the same id at once, both get the one job. */
async function requested(ports: Ports, wanted: Parameters<typeof requestJob>[1]): Promise<Job> {
  try {
    return await requestJob(ports, wanted);
  } catch (error) {
    const there = await ports.store.job(wanted.id);
    if (error instanceof MigrationError && error.code === 'JOB_EXISTS' && there) return there;
    throw error;
  }
}
