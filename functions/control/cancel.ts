import type { Ports } from '../core/ports.ts';
import { cancelJob } from '../supervise/requests.ts';
import type { Changed } from './answers.ts';
import { findJob } from './find-job.ts';
import type { Requests } from './requests.ts';
import { hasWorkLeft } from './same-job.ts';

/** Ends a job for good. */
export async function cancel(ports: Ports, wanted: Requests['cancel']): Promise<Changed> {
  const before = await findJob(ports.store, wanted.job);
  if (!hasWorkLeft(before)) return { job: before, changed: false };
  const job = (await cancelJob(ports, before.id)) ?? before;
  return { job, changed: job.state === 'cancelled' };
}
