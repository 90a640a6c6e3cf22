import { ENDED, type Job } from '../../functions/core/job.ts';
import { isAlive, isLocal, ownIdentity, type ProcessIdentity } from '../local/process-identity.ts';
import type { State } from './state.ts';

/** A holder that we cannot look at counts as alive for so long after its last sign of life; milliseconds. */
const SILENCE_MS = 60_000;

/** The process that works in a state directory, if any. */
export function workingProcess({ database, clock }: State): ProcessIdentity | undefined {
  const row = database.get<ProcessIdentity & { heartbeat_at: number }>(
    'SELECT host, scope, pid, process_start AS start, heartbeat_at FROM run_lock',
  );
  if (!row) return undefined;
  const alive = isLocal(row, ownIdentity()) ? isAlive(row) : clock.now() - row.heartbeat_at <= SILENCE_MS;
  return alive ? row : undefined;
}

/** The state of a job for people: one that nobody works on is interrupted. */
export function shownState(state: State, job: Pick<Job, 'state'>): string {
  return ENDED.has(job.state) || workingProcess(state) ? job.state : 'interrupted';
}
