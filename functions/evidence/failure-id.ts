import { createHash } from 'node:crypto';
import type { ItemId, JobId } from '../core/ids.ts';

/**
 * Names the message of one final failure in the dead-letter queue: sent once, and found again when it is retried. It travels as an
 * attribute, which SQS does not encrypt as it does bodies: the item, whose name may be a patient's, is in it as a hash.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
 */
export function failureId(job: JobId, round: number, item: ItemId): string {
  return `${job}/${round}/${createHash('sha256').update(item).digest('hex')}`;
}
