import { FatalError, type MigrationError, messageOf } from '../core/errors.ts';
import { failJob } from '../core/fail-job.ts';
import { closeGate } from '../core/gates.ts';
import type { JobId } from '../core/ids.ts';
import { type Job, readsDump, SCHEMA_VERSION, takesUploads, writesTarget } from '../core/job.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import { placeOf } from '../core/queues.ts';
import { stopJob } from '../core/stop-job.ts';
import { compact } from '../evidence/compact.ts';
import { assess, assessTarget, passingTrouble } from '../orthanc/assess.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { Servers } from '../orthanc/server.ts';
import { failsMostly } from './fails-mostly.ts';
import { tendFeeds } from './feeds.ts';
import { tendGates, waitedTooLong } from './gates.ts';
import { harvest } from './harvest.ts';
import { measureJobs, noteProgress } from './measure.ts';
import { openRound } from './open-round.ts';
import { publishNews } from './publish.ts';
import { DEFAULT_SETTINGS, type SupervisorSettings } from './settings.ts';
import { settleRound } from './settle.ts';
import { updateJob } from './update-job.ts';
import { queueIdle, wakeEnumerator } from './wake.ts';

const FOREVER: Deadline = { remainingMs: () => Number.POSITIVE_INFINITY };
/** A further step of a job is not begun when less than this is left; milliseconds. */
const STEP_MS = 30_000;
/** How long the same job is looked at first; milliseconds. */
const TURN_MS = 60_000;
/** Steps of one job in one look; from its request to its end there are fewer. */
const MOST_STEPS = 10;

/**
 * Moves every job that has not ended along its state machine, as far as that goes without waiting. Safe to run twice at once, and to
 * die anywhere. A job that was opened a moment ago may not be among the open ones yet: it can be named.
 */
export async function superviseAll(
  ports: Ports,
  servers: Servers,
  settings: SupervisorSettings = DEFAULT_SETTINGS,
  deadline: Deadline = FOREVER,
  named?: JobId,
): Promise<void> {
  const errors: unknown[] = [];
  const ours = (await openJobs(ports, named)).filter((job) => placeOf(ports, job) === settings.place);
  for (const { id } of rotated(ours, ports.clock.now())) {
    if (deadline.remainingMs() < STEP_MS) break;
    // What ails one job must not keep the others from being looked at.
    await superviseJob({ ports, servers, settings, deadline }, id).catch((error: unknown) => errors.push(error));
  }
  const now = await openJobs(ports, named);
  if (settings.place === 'functions') await tendFeeds(ports, now);
  await measureJobs(ports, now);
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(messageOf).join('; '));
}

async function openJobs({ store }: Ports, named: JobId | undefined): Promise<readonly Job[]> {
  const open = await store.openJobs();
  const missing = named === undefined || open.some(({ id }) => id === named) ? undefined : await store.job(named);
  return [...(missing ? [missing] : []), ...open].filter((job) => job.v === SCHEMA_VERSION);
}

/** Begins with another one each minute: a job that takes all the time there is cannot keep the same ones waiting for ever. */
function rotated(jobs: readonly Job[], now: number): readonly Job[] {
  const first = jobs.length === 0 ? 0 : Math.floor(now / TURN_MS) % jobs.length;
  return [...jobs.slice(first), ...jobs.slice(0, first)];
}

/** What a supervision works with. */
interface Supervision {
  readonly ports: Ports;
  readonly servers: Servers;
  readonly settings: SupervisorSettings;
  readonly deadline: Deadline;
}

async function superviseJob(supervision: Supervision, id: JobId): Promise<void> {
  const { ports, deadline } = supervision;
  let before: string | undefined;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const job = await ports.store.job(id);
    const where = job && `${job.state} ${job.round}`;
    if (!job || where === before || (steps > 0 && deadline.remainingMs() < STEP_MS)) break;
    before = where;
    await step(supervision, job).catch(async (error: unknown) => {
      if (!(error instanceof FatalError)) throw error;
      ports.log.error({ job: id, code: error.code }, error.message);
      await failJob(ports, id, error);
    });
  }
  await publishNews(ports, id);
}

async function step({ ports, servers, settings, deadline }: Supervision, job: Job): Promise<void> {
  switch (job.state) {
    case 'requested':
      return start(ports, servers, settings, job);
    case 'running':
      return run(ports, servers, settings, job);
    case 'finishing':
      return finish(ports, job, deadline);
    case 'completed':
    case 'completed-with-failures':
    case 'stopped':
    case 'cancelled':
    case 'failed':
      return;
  }
}

async function start(ports: Ports, servers: Servers, settings: SupervisorSettings, job: Job): Promise<void> {
  try {
    if (!settings.assessed) await assessJob(ports, servers, job);
  } catch (error) {
    if (!(error instanceof FatalError) && !(error instanceof OrthancError)) throw error;
    return couldNotBegin(ports, job, error);
  }
  await openRound(ports, job, 1, 'load');
  await updateJob(ports, job.id, (stored) =>
    stored.state === 'requested' ? { ...stored, state: 'running', round: 1 } : undefined,
  );
}

/**
 * A job that somebody asked for has failed. One that takes in uploads waits for its target, or stops until it is resumed: nobody
 * would upload the same files again. While it waits, the gate tells everybody why; it opens when the job has begun.
 */
async function couldNotBegin(ports: Ports, job: Job, error: MigrationError): Promise<void> {
  ports.log.error({ job: job.id, code: error.code }, error.message);
  const passing = takesUploads(job) ? passingTrouble(error) : undefined;
  if (passing) return closeGate(ports, job.target, passing, error.message);
  const reason = { code: error.code, message: error.message };
  const state = takesUploads(job) ? 'stopped' : 'failed';
  await updateJob(ports, job.id, (stored) =>
    stored.state === 'requested' ? { ...stored, state, reason, endedAt: ports.clock.now() } : undefined,
  );
}

async function assessJob(ports: Ports, servers: Servers, job: Job): Promise<void> {
  const { conflict, selection } = job.options;
  const target = await servers.server(job.target, 'target');
  const wanted = { conflict, labels: selection.labels !== undefined, writes: writesTarget(job.kind) };
  const found = readsDump(job.kind)
    ? await assessTarget(target, wanted)
    : await assess(await servers.server(job.source, 'source'), target, wanted);
  for (const warning of found.warnings) ports.log.warn({ job: job.id, code: warning.code }, warning.message);
}

async function run(ports: Ports, servers: Servers, settings: SupervisorSettings, job: Job): Promise<void> {
  const checkpoint = await ports.store.checkpoint(job.id, job.round);
  if (!checkpoint || checkpoint.v !== SCHEMA_VERSION) return;
  const gates = await tendGates(ports, servers, job);
  const stuck = waitedTooLong(job, gates, ports.clock.now());
  if (stuck)
    return stopJob(
      ports,
      job.id,
      stuck.code ?? 'BLOCKED',
      `gave up waiting (--max-wait): ${stuck.message ?? 'blocked'}`,
    );
  await wakeEnumerator(ports, settings, job, checkpoint);
  const harvested = await harvest(ports, job, checkpoint);
  if (failsMostly(settings, checkpoint, job, harvested.job)) {
    const message =
      'most of what is tried fails; "orthanc-migrate failures" shows why; the same command goes on once the cause is gone';
    return stopJob(ports, job.id, 'TOO_MANY_FAILURES', message);
  }
  // What waits behind a closed gate is not lost: it is hidden, or not fed. Copies of it would come again and again, and be queued again, too.
  if (gates.every(({ state }) => state === 'open')) await queueIdle(ports, settings, harvested.job, harvested.open);
  await noteProgress(ports, harvested.job, checkpoint.nextPage, harvested.open, gates);
  const settled = checkpoint.cursor.stage === 'done' && harvested.job.harvested.pages === checkpoint.nextPage;
  if (settled) await settleRound(ports, settings, harvested.job, checkpoint);
}

async function finish(ports: Ports, job: Job, deadline: Deadline): Promise<void> {
  const counts = await compact(ports, job, deadline);
  if (!counts) return;
  const endedAt = ports.clock.now();
  await updateJob(ports, job.id, (stored) =>
    stored.state === 'finishing'
      ? { ...stored, state: counts.failure > 0 ? 'completed-with-failures' : 'completed', endedAt }
      : undefined,
  );
}
