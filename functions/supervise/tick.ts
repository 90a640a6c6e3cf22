import { FatalError, messageOf } from '../core/errors.ts';
import { failJob } from '../core/fail-job.ts';
import { ENDED, type Job, readsDump, SCHEMA_VERSION, writesTarget } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { stopJob } from '../core/stop-job.ts';
import { compact } from '../evidence/compact.ts';
import { assess, assessTarget } from '../orthanc/assess.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { Servers } from '../orthanc/server.ts';
import { failsMostly } from './fails-mostly.ts';
import { tendGates, waitedTooLong } from './gates.ts';
import { harvest } from './harvest.ts';
import { openRound } from './open-round.ts';
import { DEFAULT_SETTINGS, type SupervisorSettings } from './settings.ts';
import { settleRound } from './settle.ts';
import { updateJob } from './update-job.ts';
import { queueIdle, wakeEnumerator } from './wake.ts';

/** Moves every job that has not ended one step along its state machine. Safe to run twice at once, and to die anywhere. */
export async function superviseAll(
  ports: Ports,
  servers: Servers,
  settings: SupervisorSettings = DEFAULT_SETTINGS,
): Promise<void> {
  for (const job of await ports.store.jobs()) {
    if (ENDED.has(job.state) || job.v !== SCHEMA_VERSION) continue;
    await superviseJob(ports, servers, settings, job).catch(async (error: unknown) => {
      if (!(error instanceof FatalError)) throw error;
      ports.log.error({ job: job.id, code: error.code }, error.message);
      await failJob(ports, job.id, error);
    });
  }
}

export async function superviseJob(
  ports: Ports,
  servers: Servers,
  settings: SupervisorSettings,
  job: Job,
): Promise<void> {
  switch (job.state) {
    case 'requested':
      return start(ports, servers, settings, job);
    case 'running':
      return run(ports, servers, settings, job);
    case 'finishing':
      return finish(ports, job);
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
    const reason = { code: error.code, message: messageOf(error) };
    await updateJob(ports, job.id, (stored) =>
      stored.state === 'requested' ? { ...stored, state: 'failed', reason, endedAt: ports.clock.now() } : undefined,
    );
    return;
  }
  await openRound(ports, job, 1, 'load');
  await updateJob(ports, job.id, (stored) =>
    stored.state === 'requested' ? { ...stored, state: 'running', round: 1 } : undefined,
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
  await queueIdle(ports, settings, harvested.job, harvested.open);
  const settled = checkpoint.cursor.stage === 'done' && harvested.job.harvested.pages === checkpoint.nextPage;
  if (settled) await settleRound(ports, settings, harvested.job, checkpoint);
}

async function finish(ports: Ports, job: Job): Promise<void> {
  const counts = await compact(ports, job);
  const endedAt = ports.clock.now();
  await updateJob(ports, job.id, (stored) =>
    stored.state === 'finishing'
      ? { ...stored, state: counts.failure > 0 ? 'completed-with-failures' : 'completed', endedAt }
      : undefined,
  );
}
