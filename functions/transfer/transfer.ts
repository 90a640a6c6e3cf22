import type { Process } from '../attempt/process.ts';
import type { Attempt } from '../attempt/worker.ts';
import { MigrationError } from '../core/errors.ts';
import type { InstanceEntry, PlanEntry } from '../core/plan.ts';
import { processEntries } from './entries.ts';

/** Moves the instances of one chunk from the source server to the target. */
export const transferEntries: Process = async (attempt: Attempt, entries, watch) => {
  const { worker, job, source } = attempt;
  if (!source)
    throw new MigrationError(
      'NOT_A_TRANSFER',
      `job ${job.id} has no source server: its chunks are for the import queue`,
    );
  const relay = await worker.servers.relay(job.source, job.target);
  return processEntries(attempt, source, relay, entries.filter(isInstance), watch);
};

function isInstance(entry: PlanEntry): entry is InstanceEntry {
  return entry.file === undefined;
}
