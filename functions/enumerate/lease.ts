import type { JobId } from '../core/ids.ts';

/** One enumerator per job at a time. */
export function enumerationLease(job: JobId): string {
  return `enumerate/${job}`;
}
