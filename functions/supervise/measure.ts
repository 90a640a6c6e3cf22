import { type Job, serversOf, takesUploads } from '../core/job.ts';
import type { PlanPage } from '../core/plan.ts';
import type { Gate, Ports } from '../core/ports.ts';
import { updateJob } from './update-job.ts';
import { waitsForServers } from './waits-for-servers.ts';

const MINUTE_MS = 60_000;

/**
 * Notes in the job record when something of its plan last changed, or when it began to wait for a server or could go on. On a stack alone,
 * by whoever supervises the job: the supervise function makes numbers of it, also of a worker's jobs.
 */
export async function noteProgress(
  ports: Ports,
  job: Job,
  planned: number,
  open: readonly PlanPage[],
  gates: readonly Gate[],
): Promise<Job | undefined> {
  if (ports.superviseEveryMs === undefined) return job;
  const closed = open.flatMap(({ chunks }) => chunks).filter(({ state }) => state === 'closed').length;
  const waits = gates.some(({ state }) => state === 'closed');
  const mark = `${job.round}/${planned}/${job.harvested.pages}/${closed}${waits ? '/waits' : ''}`;
  if (job.progress?.mark === mark) return job;
  return updateJob(ports, job.id, (stored) => ({ ...stored, progress: { mark, at: ports.clock.now() } }));
}

/** Reports how jobs stand: what alarms are made of. */
export async function measureJobs({ store, clock, metrics }: Ports, jobs: readonly Job[]): Promise<void> {
  if (!metrics) return;
  const now = clock.now();
  let closedFor = 0;
  let stillFor = 0;
  for (const job of jobs.filter(({ state }) => state === 'requested' || state === 'running')) {
    const gates = await Promise.all(waitsForServers(job) ? serversOf(job).map((name) => store.gate(name)) : []);
    const closed = gates.filter(({ state }) => state === 'closed');
    for (const { blockedSince } of closed) closedFor = Math.max(closedFor, now - (blockedSince ?? now));
    // What waits for a server, or for uploads, does not hang.
    const waits = closed.length > 0 || (job.state === 'running' && takesUploads(job));
    if (!waits) stillFor = Math.max(stillFor, now - movedAt(job, now));
  }
  metrics.add('JobsRunning', jobs.filter(({ state }) => state === 'running').length);
  metrics.add('GateClosedMinutes', closedFor / MINUTE_MS);
  metrics.add('MinutesWithoutProgress', stillFor / MINUTE_MS);
}

/** When a job last got on. One that was asked for begins with the next look, unless nobody looks: a worker that does not run. */
function movedAt({ state, progress, resumedAt }: Job, now: number): number {
  return state === 'requested' ? resumedAt : Math.max(progress?.at ?? now, resumedAt);
}
