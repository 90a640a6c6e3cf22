import { type Job, readsDump, serversOf } from './job.ts';
import type { ChunkState } from './plan.ts';
import type { OutgoingMessage, Ports, WorkQueue } from './ports.ts';

/** Who does the work of a job: the functions, or a worker on a machine of the user's own, since only that reaches its servers. */
export type Place = 'functions' | 'worker';

export function placeOf({ lane }: Pick<Ports, 'lane'>, job: Pick<Job, 'kind' | 'source' | 'target'>): Place {
  return serversOf(job).some((name) => lane?.endpoints.has(name)) ? 'worker' : 'functions';
}

/** Held, and renewed all the time, by a worker that is there. */
export const WORKER_LEASE = 'worker';

/** Whether a worker is there to take what is too large for a function. */
export async function workerIsThere({ store, clock, lane }: Pick<Ports, 'store' | 'clock' | 'lane'>): Promise<boolean> {
  return lane !== undefined && (await store.leaseHolder(WORKER_LEASE, clock.now())) !== undefined;
}

export function enumerateQueue(ports: Pick<Ports, 'queues' | 'lane'>, job: Job): WorkQueue {
  return ports.lane && placeOf(ports, job) === 'worker' ? ports.lane.queue : ports.queues.enumerate;
}

/** Where most chunks of the job are. */
export function usualQueue(ports: Pick<Ports, 'queues' | 'lane'>, job: Job): WorkQueue {
  if (ports.lane && placeOf(ports, job) === 'worker') return ports.lane.queue;
  return readsDump(job.kind) ? ports.queues.import : ports.queues.transfer;
}

export interface ChunkMessage extends OutgoingMessage {
  readonly chunk: ChunkState;
}

/** Sends chunks of a job to the queues of those who work them off. A chunk too large for a function goes to a worker that is there. */
export async function sendChunks(
  ports: Pick<Ports, 'queues' | 'lane' | 'store' | 'clock'>,
  job: Job,
  messages: readonly ChunkMessage[],
): Promise<void> {
  const { lane } = ports;
  const isLarge = ({ chunk }: ChunkMessage) => lane !== undefined && chunk.bytes > lane.aboveBytes;
  const large = messages.some(isLarge) && (await workerIsThere(ports));
  const forWorker = (message: ChunkMessage) => large && isLarge(message);
  const body = ({ chunk: _, ...message }: ChunkMessage): OutgoingMessage => message;
  await usualQueue(ports, job).send(messages.filter((message) => !forWorker(message)).map(body));
  await lane?.queue.send(messages.filter(forWorker).map(body));
}
