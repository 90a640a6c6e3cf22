import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { MigrationError } from '../../core/errors.ts';
import type { Clock } from '../../core/ports.ts';

const TRIES = 5;
/** Before the second try; doubled before each further one. Milliseconds. */
const FIRST_PAUSE_MS = 100;

/**
 * Sends one batch. SQS may take a part of it alone: the rest is tried again, unless it is at fault itself. Raises what the client raises
 * and `QUEUE_UNAVAILABLE` for what remains.
 */
export async function sendBatch(
  client: SQSClient,
  clock: Clock,
  url: string,
  batch: readonly SendMessageBatchRequestEntry[],
): Promise<void> {
  let entries = batch;
  for (let attempt = 1; ; attempt++) {
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: [...entries] }));
    if (Failed.length === 0) return;
    if (attempt === TRIES || Failed.some((failed) => failed.SenderFault)) throw notTaken(Failed, batch.length);
    const failed = new Set(Failed.map(({ Id }) => Id));
    entries = entries.filter(({ Id }) => failed.has(Id));
    await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
  }
}

function notTaken(failed: readonly BatchResultErrorEntry[], sent: number): MigrationError {
  const codes = [...new Set(failed.map(({ Code }) => Code ?? 'unknown'))].join(', ');
  return new MigrationError('QUEUE_UNAVAILABLE', `${failed.length} of ${sent} messages were not taken (${codes})`);
}
