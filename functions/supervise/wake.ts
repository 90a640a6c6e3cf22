import { type ChunkRef, chunkKey } from '../core/ids.ts';
import type { Checkpoint, Job } from '../core/job.ts';
import { chunkBody, enumerateBody } from '../core/messages.ts';
import type { ChunkState, PlanPage } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { enumerateQueue, sendChunks } from '../core/queues.ts';
import { enumerationLease } from '../enumerate/lease.ts';
import { idleTest } from './idle.ts';
import type { SupervisorSettings } from './settings.ts';

/** Wakes the enumerator of a plan that is not finished, unless it was woken a moment ago. */
export async function wakeEnumerator(
  ports: Ports,
  settings: SupervisorSettings,
  job: Job,
  checkpoint: Checkpoint,
): Promise<void> {
  const { store, clock } = ports;
  const now = clock.now();
  if (checkpoint.cursor.stage === 'done' || now < checkpoint.notBefore) return;
  // A new holder each time: the lease can only be had when the one before has run out.
  if (!(await store.takeLease(`wake/${job.id}/${checkpoint.round}`, crypto.randomUUID(), now, settings.pokeEveryMs)))
    return;
  await enumerateQueue(ports, job).send([{ body: enumerateBody(job.id, checkpoint.round) }]);
}

/**
 * Queues again what is planned but was never queued (its enumerator died in between), and what is idle. A chunk too many on the
 * queue does no harm.
 */
export async function queueIdle(
  ports: Ports,
  settings: SupervisorSettings,
  job: Job,
  open: readonly PlanPage[],
): Promise<void> {
  const { store, clock, log } = ports;
  const now = clock.now();
  const isIdle = idleTest(ports, settings, job, open);
  for (const page of open) {
    const unqueued = page.chunks.some((chunk) => chunk.state === 'planned' && chunk.queuedAt === undefined);
    // Unless an enumerator is at work that may be about to queue its page.
    const queueAll = unqueued && (await store.leaseHolder(enumerationLease(job.id), now)) === undefined;
    const { job: id, round, page: number } = page;
    const refs: { readonly ref: ChunkRef; readonly chunk: ChunkState }[] = [];
    for (const [index, chunk] of page.chunks.entries()) {
      const wasNeverQueued = queueAll && chunk.state === 'planned' && chunk.queuedAt === undefined;
      if (wasNeverQueued || (await isIdle(chunk)))
        refs.push({ ref: { job: id, round, page: number, chunk: index }, chunk });
    }
    if (refs.length === 0) continue;
    await sendChunks(
      ports,
      job,
      refs.map(({ ref, chunk }) => ({ body: chunkBody(ref), chunk })),
    );
    for (const { ref } of refs) await store.changeChunk(ref, { kind: 'queued', at: now });
    log.warn({ chunks: refs.map(({ ref }) => chunkKey(ref)) }, 'queued chunks again');
  }
}
