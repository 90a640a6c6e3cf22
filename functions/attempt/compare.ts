import type { Job } from '../core/job.ts';
import type { Recorded } from '../orthanc/server.ts';

export type Comparison = 'same' | 'same-size' | 'different';

/** Holds what the two servers recorded against each other, as far as the job's check asks for it. */
export function compare(job: Job, source: Recorded, target: Recorded): Comparison {
  if (job.options.check === 'none') return 'same';
  if (source.size !== target.size) return 'different';
  if (job.options.check === 'size') return 'same';
  if (source.md5 === undefined || target.md5 === undefined) return 'same-size';
  return source.md5 === target.md5 ? 'same' : 'different';
}
