import { addCounts } from '../core/counts.ts';
import type { Job } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { progressOf } from '../supervise/progress.ts';
import type { Answers, JobLine } from './answers.ts';

/** A thousand lines are well below what an invocation can answer (6 MB). */
const MOST_JOBS = 1000;
const AT_ONCE = 20;

export async function listJobs(ports: Pick<Ports, 'store'>): Promise<Answers['jobs']> {
  const all = await ports.store.jobs();
  const shown = all.slice(0, MOST_JOBS);
  const jobs: JobLine[] = [];
  for (let from = 0; from < shown.length; from += AT_ONCE)
    jobs.push(...(await Promise.all(shown.slice(from, from + AT_ONCE).map((job) => lineOf(ports, job)))));
  return { jobs, older: all.length - shown.length };
}

export async function lineOf(ports: Pick<Ports, 'store'>, job: Job): Promise<JobLine> {
  const { id, kind, source, target, state, reason, createdAt, endedAt } = job;
  const recorded = addCounts(job.settled, job.harvested.counts);
  // The record of a completed job says all.
  const counts = state.startsWith('completed') ? recorded : ((await progressOf(ports, id))?.counts ?? recorded);
  return {
    id,
    kind,
    source,
    target,
    state,
    ...(reason && { reason }),
    createdAt,
    ...(endedAt !== undefined && { endedAt }),
    counts,
  };
}
