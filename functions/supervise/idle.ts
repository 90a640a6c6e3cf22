import type { Job } from '../core/job.ts';
import type { ChunkState, PlanPage } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { usualQueue } from '../core/queues.ts';
import type { SupervisorSettings } from './settings.ts';

/** Tells of an open chunk whether nobody will come for it unless it is queued again. */
export type IdleTest = (chunk: ChunkState) => Promise<boolean>;

/**
 * A chunk is idle when it was dropped while its job did not run; when an attempt at it began longer ago than any attempt takes; or when its
 * message is lost: it waits for long, and others that were queued much later were begun, or nothing is left in the queue.
 * That a chunk merely waits for long proves nothing: the queue of a large plan takes days.
 */
export function idleTest(ports: Ports, settings: SupervisorSettings, job: Job, open: readonly PlanPage[]): IdleTest {
  const now = ports.clock.now();
  const begun = open.flatMap(({ chunks }) => chunks).filter((chunk) => chunk.started > 0);
  const lastBegun = begun.reduce((latest, { queuedAt = 0 }) => Math.max(latest, queuedAt), 0);
  let depth: ReturnType<typeof waiting> | undefined;
  return async ({ state, queuedAt, touchedAt = 0, started, returned }) => {
    if (state === 'closed' || queuedAt === undefined) return false;
    const touched = Math.max(queuedAt, touchedAt);
    if (touched < job.resumedAt) return true;
    if (touchedAt > queuedAt && started > returned && now - touched > settings.longestAttemptMs) return true;
    if (now - touched <= settings.idleAfterMs) return false;
    if (lastBegun > touched + settings.idleAfterMs) return true;
    depth ??= waiting(ports, job);
    return (await depth) === 0;
  };
}

async function waiting(ports: Ports, job: Job): Promise<number> {
  return (await usualQueue(ports, job).depth()).visible;
}
