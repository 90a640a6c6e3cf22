import type { Deadline } from '../core/ports.ts';
import type { Answers } from './answers.ts';
import { findJob } from './find-job.ts';
import type { ControlPlace } from './place.ts';
import type { Requests } from './requests.ts';
import { canRetry, retryJob } from './retry-job.ts';
import { tickSoon } from './tick-soon.ts';

export async function retry(
  place: ControlPlace,
  wanted: Requests['retry'],
  deadline: Deadline,
): Promise<Answers['retry']> {
  const { ports } = place;
  const job = await findJob(ports.store, wanted.job);
  if (!(await canRetry(ports, job, wanted.code))) return { job, how: 'nothing' };
  const { how } = await retryJob(ports, job, wanted.code);
  await tickSoon(place, job.id, deadline);
  return { job: (await ports.store.job(job.id)) ?? job, how: how === 'retry' ? 'retry' : 'resumed' };
}
