import type { EndpointName, JobId } from '../functions/core/ids.ts';
import type { DumpPlaces, Job, JobKind } from '../functions/core/job.ts';
import { cancelJob, requestJob, resumeJob } from '../functions/supervise/requests.ts';
import { assessFirst } from './assess.ts';
import type { ExitCode } from './exit-codes.ts';
import { newJobId } from './jobs/job-id.ts';
import { unfinishedJob } from './jobs/same-job.ts';
import { MemoryEndpoints } from './local/endpoints.ts';
import { type RunTexts, stateDirectory } from './options/common.ts';
import type { EndpointPair } from './options/endpoints.ts';
import { changeLimits, type LimitChanges } from './options/limits.ts';
import type { Console } from './output/console.ts';
import { reporterOf } from './reporters.ts';
import { type Beginning, runJob } from './run-job.ts';
import type { Runtime } from './runtime/runtime.ts';
import { openState } from './runtime/state.ts';

export interface Wanted {
  readonly kind: JobKind;
  readonly endpoints: EndpointPair;
  readonly options: Job['options'];
  readonly limits: LimitChanges;
  /** A new job even where an unfinished one could be continued. */
  readonly restart: boolean;
}

/** Checks both servers, then runs a job over them: the unfinished one of the same identity, or a new one. */
export async function startJob(console: Console, wanted: Wanted, texts: RunTexts): Promise<ExitCode> {
  const { endpoints, kind, options } = wanted;
  const directory = stateDirectory(texts);
  const reporter = reporterOf(console, texts);
  await assessFirst(endpoints, kind, options, reporter);
  const state = openState({ directory, verbose: texts.verbose ?? false });
  try {
    return await runJob({
      console,
      reporter,
      state,
      sources: { endpoints: new MemoryEndpoints([endpoints.source, endpoints.target]) },
      texts,
      begin: (runtime) =>
        beginJob(runtime, { ...wanted, source: endpoints.source.name, target: endpoints.target.name }),
    });
  } finally {
    state.close();
  }
}

/** What a job is begun with, whatever its source is. */
export interface WantedJob {
  readonly kind: JobKind;
  readonly source: EndpointName;
  readonly target: EndpointName;
  readonly options: Job['options'];
  readonly limits: LimitChanges;
  /** A new job even where an unfinished one could be continued. */
  readonly restart: boolean;
  /** Of an import: keeps what it reads for the job with this id. */
  readonly keepPlaces?: (id: JobId) => Promise<DumpPlaces>;
}

/** Goes on with the unfinished job of the same identity, or requests a new one. */
export async function beginJob(runtime: Runtime, wanted: WantedJob): Promise<Beginning> {
  const { ports } = runtime;
  const { kind, source, target, options, limits, restart, keepPlaces } = wanted;
  await changeLimits(ports.store, target, limits);
  const identity = { kind, source, target, selection: options.selection };
  const unfinished = unfinishedJob(await ports.store.jobs(), identity);
  if (unfinished && !restart) return resume(runtime, unfinished, options);
  if (unfinished) await cancelJob(ports, unfinished.id);
  const id = newJobId(ports.clock.now());
  const dump = keepPlaces && { dump: await keepPlaces(id) };
  const job = await requestJob(ports, { id, kind, source, target, ...dump, options });
  return { job, how: 'new' };
}

/** Goes on with a job under these options. */
export async function resume(runtime: Runtime, job: Job, options: Job['options']): Promise<Beginning> {
  // The supervisor queues all open chunks of a stopped job again; those of an interrupted one are on the queue still.
  if (job.state === 'stopped') runtime.forgetMessages();
  const resumed = await resumeJob(runtime.ports, job.id, options);
  return { job: resumed ?? job, how: 'resumed' };
}
