import type { JobId } from '../../functions/core/ids.ts';
import { ENDED } from '../../functions/core/job.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { updateJob } from '../../functions/supervise/update-job.ts';
import type { State } from './state.ts';

/**
 * One job at a time runs on one machine. Others that a dead or interrupted process left behind are stopped: their own
 * command goes on with them, and knows the credentials of their servers, which this process does not.
 */
export async function parkOthers(ports: Ports, id: JobId): Promise<void> {
  for (const { id: other, state } of await ports.store.openJobs()) {
    if (other === id || ENDED.has(state)) continue;
    const reason = { code: 'INTERRUPTED', message: 'interrupted; the same command goes on' };
    await updateJob(ports, other, (job) =>
      ENDED.has(job.state) ? undefined : { ...job, state: 'stopped', reason, endedAt: ports.clock.now() },
    );
  }
}

/** Forgets all work that waits. Nothing is lost: the job store is the truth, and the supervisor queues again what is open. */
export function emptyQueues({ database, queues }: State): void {
  for (const { name } of [queues.enumerate, queues.transfer, queues.import])
    database.run('DELETE FROM messages WHERE queue = ?', name);
}
