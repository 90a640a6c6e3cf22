import { addCounts, type Counts, finalCount, subtractCounts } from '../core/counts.ts';
import { type Checkpoint, type Job, writesTarget } from '../core/job.ts';
import type { SupervisorSettings } from './settings.ts';

/** A long job that went well so far is not stopped by one bad study: so many times the usual number of failures has to be recent. */
const RECENT = 5;

/**
 * Whether most of what is tried fails: since the job was started or resumed, or, in the midst of its load, on the pages that
 * were summed up since `before`. Later rounds are about what failed already, and prove nothing.
 */
export function failsMostly(settings: SupervisorSettings, checkpoint: Checkpoint, before: Job, job: Job): boolean {
  if (!writesTarget(job.kind)) return false;
  const totals = addCounts(job.settled, job.harvested.counts);
  const failures = totals.failure - job.baseline.failure;
  const final = finalCount(totals) - job.baseline.final;
  if (failures >= settings.failuresToStop && failures * 2 > final) return true;
  if (checkpoint.kind !== 'load' || before.round !== job.round) return false;
  const recent = subtractCounts(job.harvested.counts, before.harvested.counts);
  return recent.failure >= settings.failuresToStop * RECENT && recent.failure * 2 > tried(recent);
}

function tried(counts: Counts): number {
  return finalCount(counts) + counts.unsettled;
}
