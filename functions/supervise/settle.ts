import { addCounts, type Counts, NO_COUNTS } from '../core/counts.ts';
import type { Checkpoint, Job } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { stopJob } from '../core/stop-job.ts';
import { openRound } from './open-round.ts';
import type { SupervisorSettings } from './settings.ts';
import { updateJob } from './update-job.ts';

/**
 * Ends a round whose plan is finished and whose chunks are all closed. A round that had nothing to do ends the job; any other
 * is followed by one that takes up what is unsettled and what appeared at the source.
 */
export async function settleRound(
  ports: Ports,
  settings: SupervisorSettings,
  job: Job,
  checkpoint: Checkpoint,
): Promise<void> {
  const { counts } = job.harvested;
  // A server is compared afresh at the end; a dump was read to its end, and what only looks has seen all.
  const comparesAgain = job.kind === 'replicate';
  const finished = checkpoint.planned.instances === 0 || (!comparesAgain && counts.unsettled === 0);
  if (finished) {
    await updateJob(ports, job.id, (stored) =>
      isStill(stored, checkpoint) ? { ...stored, state: 'finishing' } : undefined,
    );
    return;
  }
  if (checkpoint.lastChance && counts.unsettled === 0 && checkpoint.round > settings.lastRound)
    return stopRestless(ports, job, checkpoint);
  const round = checkpoint.round + 1;
  await openRound(ports, job, round, 'follow-up', {
    notBefore: counts.unsettled > 0 ? ports.clock.now() + roundDelay(settings, checkpoint.round) : 0,
    lastChance: round >= settings.lastRound,
  });
  await updateJob(ports, job.id, (stored) => {
    if (!isStill(stored, checkpoint)) return undefined;
    return { ...stored, round, settled: settledWith(stored), harvested: { pages: 0, counts: NO_COUNTS } };
  });
}

/** All final outcomes so far; what is unsettled is planned again and counted there. */
function settledWith(job: Job): Counts {
  return { ...addCounts(job.settled, job.harvested.counts), unsettled: 0 };
}

function isStill(job: Job, checkpoint: Checkpoint): boolean {
  return job.state === 'running' && job.round === checkpoint.round && job.harvested.pages === checkpoint.nextPage;
}

function roundDelay({ roundDelayMs, longestRoundDelayMs }: SupervisorSettings, round: number): number {
  return Math.min(roundDelayMs * 2 ** (round - 1), longestRoundDelayMs);
}

async function stopRestless(ports: Ports, job: Job, checkpoint: Checkpoint): Promise<void> {
  const message = `after ${checkpoint.round} rounds the target still misses something of the source: one of the servers keeps changing; run the same command again`;
  await stopJob(ports, job.id, 'RESTLESS', message);
}
