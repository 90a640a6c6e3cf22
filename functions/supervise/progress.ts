import { addCounts, type Counts } from '../core/counts.ts';
import type { JobId } from '../core/ids.ts';
import { type Checkpoint, type Job, serversOf } from '../core/job.ts';
import { pagesOfRound } from '../core/page-walk.ts';
import type { Gate, Ports } from '../core/ports.ts';
import { pageCounts } from './harvest.ts';

/** Where a job stands, from the job store alone. */
export interface Progress {
  readonly job: Job;
  /** Of the round in progress. */
  readonly checkpoint: Checkpoint | undefined;
  /** Outcomes so far, in all rounds. */
  readonly counts: Counts;
  /** Instances and estimated bytes planned in the round in progress, and those of them in chunks that are still open. */
  readonly planned: { readonly instances: number; readonly bytes: number };
  readonly open: { readonly instances: number; readonly bytes: number };
  /** Whether the source is still being listed: then `planned` is a lower bound. */
  readonly listing: boolean;
  /** Gates that are closed, or open but without a success since. */
  readonly blocked: readonly Gate[];
}

export async function progressOf({ store }: Pick<Ports, 'store'>, id: JobId): Promise<Progress | undefined> {
  const job = await store.job(id);
  if (!job) return undefined;
  const checkpoint = job.round > 0 ? await store.checkpoint(id, job.round) : undefined;
  let counts = addCounts(job.settled, job.harvested.counts);
  const open = { instances: 0, bytes: 0 };
  if (checkpoint)
    for await (const page of pagesOfRound(store, id, job.round, job.harvested.pages)) {
      counts = addCounts(counts, pageCounts(page));
      for (const chunk of page.chunks) {
        if (chunk.state === 'closed') continue;
        open.instances += chunk.instances;
        open.bytes += chunk.bytes;
      }
    }
  const gates = await Promise.all([...new Set(serversOf(job))].map((name) => store.gate(name)));
  return {
    job,
    checkpoint,
    counts,
    planned: checkpoint?.planned ?? { instances: 0, bytes: 0 },
    open,
    listing: job.state === 'requested' || (job.state === 'running' && checkpoint?.cursor.stage !== 'done'),
    blocked: gates.filter((gate) => gate.blockedSince !== undefined),
  };
}
