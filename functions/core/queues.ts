import { type JobKind, readsDump } from './job.ts';
import type { Ports, WorkQueue } from './ports.ts';

/** The queue of the function that works off the chunks of such a job. */
export function chunkQueue({ queues }: Pick<Ports, 'queues'>, kind: JobKind): WorkQueue {
  return readsDump(kind) ? queues.import : queues.transfer;
}
