import { DumpError, type Dumps } from '../core/dump.ts';
import { FatalError, MigrationError, Postponed } from '../core/errors.ts';
import { failJob } from '../core/fail-job.ts';
import { closeGate, gateDelay } from '../core/gates.ts';
import type { EndpointName, JobId } from '../core/ids.ts';
import { type Checkpoint, type Cursor, type Job, readsDump } from '../core/job.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import { placeOf } from '../core/queues.ts';
import { stopJob } from '../core/stop-job.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { Servers } from '../orthanc/server.ts';
import { nextDumpStep } from './dump/stages.ts';
import { enumerationLease } from './lease.ts';
import { nextStep } from './stages.ts';
import { STEP_MARGIN_MS, type Step } from './step.ts';
import { plannedWith, queuePage, reopenFailures, writePage } from './write-page.ts';

/** Renewed at every page; a dead enumerator is replaced after so long. Milliseconds. */
const LEASE_MS = 120_000;
/** After an error of the source that is no outage; seconds. */
const RETRY_SECONDS = 5;

/** What plans are made of. */
export interface Origins {
  readonly servers: Servers;
  readonly dumps: Dumps;
}

interface Planner {
  /** The endpoints that the next step asks. */
  needs(checkpoint: Checkpoint): readonly EndpointName[];
  plan(ports: Ports, job: Job, checkpoint: Checkpoint, deadline: Deadline): Promise<Step>;
}

async function serverPlanner(servers: Servers, job: Job): Promise<Planner> {
  const source = await servers.server(job.source, 'source');
  const target = () => servers.server(job.target, 'target');
  return {
    needs: ({ cursor }) => [job.source, ...(cursor.stage === 'compare' ? [job.target] : [])],
    plan: (ports, current, checkpoint, deadline) =>
      nextStep({ ports, job: current, checkpoint, source, target, deadline }),
  };
}

async function dumpPlanner(servers: Servers, dumps: Dumps, job: Job): Promise<Planner> {
  const { id, source, target, dump: places } = job;
  if (!places)
    throw new FatalError('JOB_DAMAGED', 'the record of the import does not say what it reads; begin a new job');
  const dump = await dumps.dump({ id, source, dump: places });
  // A PatientID without a character set is read as the target reads it.
  const defaultEncoding = await (await servers.server(target, 'target')).defaultEncoding();
  return {
    needs: () => [],
    plan: (ports, current, checkpoint, deadline) =>
      nextDumpStep({
        ports,
        job: current,
        checkpoint,
        deadline,
        dump,
        keys: dumps.keys,
        largestArchive: largestArchive(ports, current),
        ...(defaultEncoding !== undefined && { defaultEncoding }),
      }),
  };
}

function largestArchive(ports: Ports, job: Job): number {
  return ports.lane && placeOf(ports, job) === 'functions' ? ports.lane.aboveBytes : Number.POSITIVE_INFINITY;
}

/**
 * Goes on with the plan of one round: page after page, until it is done or time is short. Each page is written once and for
 * all, then the checkpoint moves, then the chunks are queued: a crash anywhere repeats the same page with the same chunks.
 */
export async function enumerateRound(
  ports: Ports,
  { servers, dumps }: Origins,
  id: JobId,
  round: number,
  deadline: Deadline,
): Promise<void> {
  const job = await ports.store.job(id);
  if (job?.state !== 'running' || job.round !== round) return;
  const holder = crypto.randomUUID();
  if (!(await renew(ports, id, holder))) return;
  try {
    const planner = readsDump(job.kind) ? await dumpPlanner(servers, dumps, job) : await serverPlanner(servers, job);
    for (let checkpoint = await ports.store.checkpoint(id, round); checkpoint; ) {
      if (checkpoint.cursor.stage === 'done' || deadline.remainingMs() < STEP_MARGIN_MS) return;
      await requireOpen(ports, planner.needs(checkpoint));
      const rests = await advance(ports, job, checkpoint, () =>
        planner.plan(ports, job, checkpoint as Checkpoint, deadline),
      );
      if (rests) return;
      checkpoint = await ports.store.checkpoint(id, round);
      if (!(await renew(ports, id, holder))) return;
      if ((await ports.store.job(id))?.state !== 'running') return;
    }
  } catch (error) {
    const explained = await explain(ports, job, error);
    if (!isWokenAgain(ports, explained)) throw explained;
  } finally {
    await ports.store.releaseLease(enumerationLease(id), holder);
  }
}

/**
 * Where the supervisor wakes an unfinished plan at each of its looks, a message that is given back would be one more of those that come
 * again and again: after a day without the source there would be a thousand of them.
 */
function isWokenAgain({ superviseEveryMs, log }: Ports, error: unknown): boolean {
  if (superviseEveryMs === undefined || !(error instanceof MigrationError)) return false;
  const { code, message } = error;
  if (error instanceof Postponed) log.info({ code }, `the plan goes on later: ${message}`);
  else log.error({ code }, message);
  return true;
}

function renew({ store, clock }: Ports, id: JobId, holder: string): Promise<boolean> {
  return store.takeLease(enumerationLease(id), holder, clock.now(), LEASE_MS);
}

async function requireOpen({ store, clock, superviseEveryMs }: Ports, names: readonly EndpointName[]): Promise<void> {
  for (const name of names) {
    const delay = gateDelay(await store.gate(name), clock.now(), superviseEveryMs);
    if (delay > 0) throw new Postponed('GATE_CLOSED', `${name} takes no work now`, Math.ceil(delay / 1000));
  }
}

/** Plans one page. Returns whether there is nothing more to plan for now. */
async function advance(ports: Ports, job: Job, checkpoint: Checkpoint, plan: () => Promise<Step>): Promise<boolean> {
  const existing = await ports.store.page(job.id, checkpoint.round, checkpoint.nextPage);
  const step = existing ? undefined : await plan();
  const page =
    step && step.chunks.length + (step.held?.length ?? 0) > 0 ? await writePage(ports, checkpoint, step) : existing;
  if (page) await reopenFailures(ports, page);
  const next: Checkpoint = page
    ? {
        ...checkpoint,
        ...step?.learned,
        cursor: page.next,
        nextPage: checkpoint.nextPage + 1,
        planned: plannedWith(checkpoint.planned, page),
      }
    : { ...checkpoint, ...step?.learned, cursor: step?.next ?? checkpoint.cursor };
  // Whoever moved the checkpoint meanwhile planned the same page: it is queued by them, or by the supervisor.
  const rests = step?.rest ?? false;
  // A dump that rests is looked at again and again: where nothing came of that, nothing is written.
  if (rests && !page && isSamePlace(next.cursor, checkpoint.cursor)) return true;
  if (!(await ports.store.updateCheckpoint(next)) || !page) return rests;
  await queuePage(ports, job, page);
  ports.log.info({ job: job.id, round: page.round, page: page.page, chunks: page.chunks.length }, 'planned a page');
  return rests;
}

function isSamePlace(a: Cursor, b: Cursor): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** An endpoint's trouble closes its gate; a mistake in the job ends it; anything else is tried again. */
async function explain(ports: Ports, job: Job, error: unknown): Promise<unknown> {
  if (error instanceof FatalError) {
    await failJob(ports, job.id, error);
    return new Postponed(error.code, error.message, 0);
  }
  if (error instanceof DumpError) {
    const message = `what is to be imported can no longer be read (${error.message}): bring it back, and give the same command again`;
    await stopJob(ports, job.id, 'DUMP_UNREADABLE', message);
    return new Postponed(error.code, message, 0);
  }
  if (!(error instanceof OrthancError)) return error;
  const { verdict, endpoint, message } = error;
  if (verdict.gate) await closeGate(ports, endpoint, verdict.gate, message);
  ports.log.warn({ job: job.id, endpoint, code: error.code }, message);
  return new Postponed(error.code, message, RETRY_SECONDS);
}
