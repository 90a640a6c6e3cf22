import type { FatalError } from './errors.ts';
import type { JobId } from './ids.ts';
import { ENDED, takesUploads } from './job.ts';
import type { Ports } from './ports.ts';

/**
 * Ends a job that cannot go on. One whose dump cannot be read for now is stopped, and so is one that takes in uploads, since nobody would
 * upload the same files again: both go on once somebody has seen to it.
 */
export async function failJob({ store, clock }: Pick<Ports, 'store' | 'clock'>, id: JobId, error: FatalError) {
  for (;;) {
    const job = await store.job(id);
    if (!job || ENDED.has(job.state)) return;
    const now = clock.now();
    const reason = { code: error.code, message: error.message };
    const state = error.code === 'DUMP_UNREADABLE' || takesUploads(job) ? 'stopped' : 'failed';
    if (await store.updateJob({ ...job, state, reason, updatedAt: now, endedAt: now })) return;
  }
}
