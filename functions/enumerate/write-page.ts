import type { Checkpoint, Job, Planned } from '../core/job.ts';
import { SCHEMA_VERSION } from '../core/job.ts';
import { chunkBody } from '../core/messages.ts';
import { encodePage, replacedBy } from '../core/packing.ts';
import type { PlanEntry, PlanPage } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { sendChunks } from '../core/queues.ts';
import { readStoredLines } from '../core/stored-lines.ts';
import { failureId } from '../evidence/failure-id.ts';
import type { Step } from './step.ts';

/** Writes the next page of a plan unless it is there already, and returns the one that counts. */
export async function writePage({ store, objects }: Ports, checkpoint: Checkpoint, step: Step): Promise<PlanPage> {
  const { job, round, nextPage: page } = checkpoint;
  const { body, states, held } = encodePage(step.chunks, step.held);
  const object = `jobs/${job}/plan/${round}/${page}-${crypto.randomUUID()}.ndjson`;
  await objects.write(object, body);
  return store.putPage({
    v: SCHEMA_VERSION,
    job,
    round,
    page,
    object,
    next: step.next,
    ...(step.studies && { studies: step.studies }),
    replaces: replacedBy(step.chunks.flat()),
    chunks: states,
    ...(held && { held }),
    harvested: false,
  });
}

/** Failures that the page takes up again are failures no longer, here and in the dead-letter queue. */
export async function reopenFailures({ store, objects, queues }: Ports, page: PlanPage): Promise<void> {
  if (page.replaces.failure === 0) return;
  const discarded: string[] = [];
  for (const { id, prior } of await readStoredLines<PlanEntry>(objects, page.object)) {
    if (prior?.outcome !== 'failure') continue;
    const finding = await store.finding(page.job, id);
    if (!finding || finding.round >= page.round) continue;
    discarded.push(failureId(page.job, finding.round, id));
    if (!finding.reopened) await store.reopenFinding(page.job, id, finding.round);
  }
  await queues.deadLetter.discard(discarded);
}

export async function queuePage(ports: Ports, planned: Job, page: PlanPage): Promise<void> {
  const { store, clock } = ports;
  const { job, round, page: number } = page;
  const messages = page.chunks.map((chunk, index) => ({
    body: chunkBody({ job, round, page: number, chunk: index }),
    chunk,
  }));
  await sendChunks(ports, planned, messages);
  await store.pageQueued(job, round, number, clock.now());
}

export function plannedWith(planned: Planned, page: PlanPage): Planned {
  return {
    pages: planned.pages + 1,
    chunks: planned.chunks + page.chunks.length,
    instances: planned.instances + page.chunks.reduce((sum, chunk) => sum + chunk.instances, 0),
    bytes: planned.bytes + page.chunks.reduce((sum, chunk) => sum + chunk.bytes, 0),
  };
}
