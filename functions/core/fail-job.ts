import type { FatalError } from './errors.ts';
import type { JobId } from './ids.ts';
import { ENDED } from './job.ts';
import type { Ports } from './ports.ts';

/** Ends a job that cannot go on. */
export async function failJob({ store, clock }: Pick<Ports, 'store' | 'clock'>, id: JobId, error: FatalError) {
  for (;;) {
    const job = await store.job(id);
    if (!job || ENDED.has(job.state)) return;
    const now = clock.now();
    const reason = { code: error.code, message: error.message };
    if (await store.updateJob({ ...job, state: 'failed', reason, updatedAt: now, endedAt: now })) return;
  }
}
