import { type Job, serversOf, takesUploads } from '../core/job.ts';
import type { PlanPage } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { updateJob } from './update-job.ts';
import { waitsForServers } from './waits-for-servers.ts';

const MINUTE_MS = 60_000;

/** Notes in the job record when something of its plan last changed, where numbers are kept of that. */
export async function noteProgress(
  ports: Ports,
  job: Job,
  planned: number,
  open: readonly PlanPage[],
): Promise<Job | undefined> {
  if (!ports.metrics) return job;
  const closed = open.flatMap(({ chunks }) => chunks).filter(({ state }) => state === 'closed').length;
  const mark = `${job.round}/${planned}/${job.harvested.pages}/${closed}`;
  if (job.progress?.mark === mark) return job;
  return updateJob(ports, job.id, (stored) => ({ ...stored, progress: { mark, at: ports.clock.now() } }));
}

/** Reports how jobs stand: what alarms are made of. */
export async function measureJobs({ store, clock, metrics }: Ports, jobs: readonly Job[]): Promise<void> {
  if (!metrics) return;
  const now = clock.now();
  let closedFor = 0;
  let stillFor = 0;
  for (const job of jobs.filter(waitsForServers)) {
    const gates = await Promise.all(serversOf(job).map((name) => store.gate(name)));
    const closed = gates.filter(({ state }) => state === 'closed');
    for (const { blockedSince } of closed) closedFor = Math.max(closedFor, now - (blockedSince ?? now));
    // What waits for a server, or for uploads, does not hang.
    const waits = closed.length > 0 || takesUploads(job);
    if (!waits) stillFor = Math.max(stillFor, now - Math.max(job.progress?.at ?? now, job.resumedAt));
  }
  metrics.add('JobsRunning', jobs.filter(({ state }) => state === 'running').length);
  metrics.add('GateClosedMinutes', closedFor / MINUTE_MS);
  metrics.add('MinutesWithoutProgress', stillFor / MINUTE_MS);
}
