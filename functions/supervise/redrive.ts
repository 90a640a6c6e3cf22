import { Postponed } from '../core/errors.ts';
import type { ItemId, JobId } from '../core/ids.ts';
import type { Ports } from '../core/ports.ts';
import { openRetry } from './requests.ts';

/** Messages are redriven one after the other: the round waits so long for the rest of them. Milliseconds. */
const GATHER_MS = 20_000;
/** How soon a message comes again whose job is at work; seconds. */
const LATER_SECONDS = 60;

/**
 * Somebody has put the message of a final failure back into a queue: it is tried again, with all others that come back at about the
 * same time. A failure that is none any more needs nothing. Raises `Postponed` while the job is at work on something else.
 */
export async function redrive(
  ports: Ports,
  { job: id, round, item }: { readonly job: JobId; readonly round: number; readonly item: ItemId },
): Promise<void> {
  const { store, log, clock } = ports;
  const finding = await store.finding(id, item);
  const stands = finding?.round === round && !finding.reopened && finding.row.outcome === 'failure';
  // Marked before the job is looked at: a round that has not begun by then will find the mark.
  if (!stands || !(await store.redriveFinding(id, item, round))) {
    log.info({ job: id }, 'a message came back of a failure that is none any more');
    return;
  }
  const job = await store.job(id);
  if (job?.state === 'completed' || job?.state === 'completed-with-failures')
    await openRetry(ports, job, { redriven: true }, clock.now() + GATHER_MS);
  if (await isTakenUp(ports, id)) return;
  throw new Postponed(
    'JOB_NOT_ENDED',
    `job ${id} is at work: its failures are tried again once it has ended`,
    LATER_SECONDS,
  );
}

async function isTakenUp({ store }: Ports, id: JobId): Promise<boolean> {
  const job = await store.job(id);
  if (job?.state !== 'running' || !job.retry?.redriven) return false;
  const checkpoint = await store.checkpoint(id, job.round);
  return checkpoint?.kind === 'retry' && checkpoint.cursor.stage === 'start';
}
