import type { JobId } from '../../functions/core/ids.ts';
import { ENDED } from '../../functions/core/job.ts';
import type { Ports } from '../../functions/core/ports.ts';

/** Tells after each tick whether the job moved on, and calls `onEnd` once it has ended. */
export function watchEnd({ store }: Ports, id: JobId, onEnd: () => void): () => Promise<boolean> {
  let before: string | undefined;
  return async () => {
    const job = await store.job(id);
    if (!job || ENDED.has(job.state)) onEnd();
    const now = `${job?.state} ${job?.round}`;
    const moved = now !== before;
    before = now;
    return moved;
  };
}
