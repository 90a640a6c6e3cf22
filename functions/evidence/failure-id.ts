import type { ItemId, JobId } from '../core/ids.ts';

/** Names the message of one final failure in the dead-letter queue: sent once, and found again when it is retried. */
export function failureId(job: JobId, round: number, item: ItemId): string {
  return `${job}/${round}/${item}`;
}
