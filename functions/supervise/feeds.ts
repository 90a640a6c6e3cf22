import { type Job, readsDump, serversOf } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { placeOf } from '../core/queues.ts';

type Queue = 'transfer' | 'import';

/** Held as long as the supervisor holds a queue's chunks back: what somebody else has switched off stays so. */
const mark = (queue: Queue) => `held-back/${queue}`;
const HOLDER = 'supervise';
const FOR_EVER_MS = 10 * 365 * 86_400_000;

/**
 * Holds back the chunks of a queue while every job that feeds on it waits for a server: what would be delivered now would only be put
 * back. As soon as one of them can work, all chunks are let through, and those of the others are put back by their workers.
 */
export async function tendFeeds(ports: Ports, jobs: readonly Job[]): Promise<void> {
  if (!ports.feeds) return;
  const running = jobs.filter((job) => job.state === 'running' && placeOf(ports, job) === 'functions');
  for (const queue of ['transfer', 'import'] as const) {
    const feeding = running.filter((job) => readsDump(job.kind) === (queue === 'import'));
    const blocked = await Promise.all(feeding.map((job) => isBlocked(ports, job)));
    const enabled = feeding.length === 0 || blocked.includes(false);
    await (enabled ? letThrough(ports, queue) : holdBack(ports, queue));
  }
}

/**
 * Marked first: whoever dies in between leaves a mark too many, and not a queue that nobody opens again. For the same reason the mark goes
 * only where it is certain that somebody else has switched the queue off: `busy` may be our own change, whose answer was lost.
 */
async function holdBack({ store, clock, feeds, log }: Ports, queue: Queue): Promise<void> {
  const now = clock.now();
  const marked = (await store.leaseHolder(mark(queue), now)) !== undefined;
  if (!marked) await store.takeLease(mark(queue), HOLDER, now, FOR_EVER_MS);
  const set = await feeds?.set(queue, false);
  if (set === 'changed') log.warn({ queue }, 'no chunks are delivered while a server is away');
  if (set === 'unchanged' && !marked) await store.releaseLease(mark(queue), HOLDER);
}

async function letThrough({ store, clock, feeds, log }: Ports, queue: Queue): Promise<void> {
  if ((await store.leaseHolder(mark(queue), clock.now())) === undefined) return;
  const set = await feeds?.set(queue, true);
  if (set === 'busy') return;
  await store.releaseLease(mark(queue), HOLDER);
  if (set === 'changed') log.warn({ queue }, 'chunks are delivered again');
}

async function isBlocked({ store }: Ports, job: Job): Promise<boolean> {
  const gates = await Promise.all(serversOf(job).map((name) => store.gate(name)));
  return gates.some(({ state }) => state === 'closed');
}
