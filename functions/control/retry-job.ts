import type { Job } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { retryFailures } from '../supervise/requests.ts';
import { type Beginning, goOn } from './begin-job.ts';
import { failures } from './failures.ts';
import { hasWorkLeft } from './same-job.ts';

/** Whether there is anything to retry: final failures (of this code), or work that an earlier run left. */
export async function canRetry({ store }: Ports, job: Job, code: string | undefined): Promise<boolean> {
  if (hasWorkLeft(job)) return true;
  const { done } = await failures(store, job.id, code).next();
  return !done;
}

/** Tries final failures again: all, or those of this code. An unfinished job, such as a retry that was interrupted, has to end first. */
export async function retryJob(
  ports: Ports,
  job: Job,
  code: string | undefined,
  beforeResume?: () => void,
): Promise<Beginning> {
  if (hasWorkLeft(job)) return goOn(ports, job, job.options, beforeResume);
  return { job: (await retryFailures(ports, job.id, code)) ?? job, how: 'retry' };
}
