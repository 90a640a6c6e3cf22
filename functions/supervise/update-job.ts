import type { JobId } from '../core/ids.ts';
import type { Job } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';

/** Applies a transition to the job record by compare-and-set; `undefined` from it leaves the record alone. Returns what is stored then. */
export async function updateJob(
  { store, clock }: Ports,
  id: JobId,
  transition: (job: Job) => Job | undefined,
): Promise<Job | undefined> {
  for (;;) {
    const job = await store.job(id);
    const next = job && transition(job);
    if (!next) return job;
    const changed = { ...next, updatedAt: clock.now() };
    if (await store.updateJob(changed)) return { ...changed, revision: changed.revision + 1 };
  }
}
