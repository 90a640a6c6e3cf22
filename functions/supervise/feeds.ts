import { type Job, readsDump, serversOf } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { placeOf } from '../core/queues.ts';

/**
 * Holds back the chunks of a queue while every job that feeds on it waits for a server: what would be delivered now would only be put
 * back. As soon as one of them can work, all chunks are let through, and those of the others are put back by their workers.
 */
export async function tendFeeds(ports: Ports, jobs: readonly Job[]): Promise<void> {
  const { feeds, log } = ports;
  if (!feeds) return;
  const running = jobs.filter((job) => job.state === 'running' && placeOf(ports, job) === 'functions');
  for (const queue of ['transfer', 'import'] as const) {
    const feeding = running.filter((job) => readsDump(job.kind) === (queue === 'import'));
    const blocked = await Promise.all(feeding.map((job) => isBlocked(ports, job)));
    const enabled = feeding.length === 0 || blocked.includes(false);
    if (!(await feeds.set(queue, enabled))) continue;
    log.warn({ queue }, enabled ? 'chunks are delivered again' : 'no chunks are delivered while a server is away');
  }
}

async function isBlocked({ store }: Ports, job: Job): Promise<boolean> {
  const gates = await Promise.all(serversOf(job).map((name) => store.gate(name)));
  return gates.some(({ state }) => state === 'closed');
}
