import { MigrationError } from '../core/errors.ts';
import type { Ports } from '../core/ports.ts';
import { progressOf } from '../supervise/progress.ts';
import type { Answers } from './answers.ts';
import { findJob } from './find-job.ts';
import type { Requests } from './requests.ts';

export async function tellStatus(
  ports: Pick<Ports, 'store' | 'clock'>,
  { job }: Requests['status'],
): Promise<Answers['status']> {
  const { id } = await findJob(ports.store, job);
  const progress = await progressOf(ports, id);
  if (!progress) throw new MigrationError('UNKNOWN_JOB', `job ${id} has vanished`);
  return { progress, now: ports.clock.now() };
}
