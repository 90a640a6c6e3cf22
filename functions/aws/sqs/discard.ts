import { DEDUPE_ATTRIBUTE } from './batches.ts';
import type { ReceivedMessage } from './received.ts';

/** What it takes of a queue. */
interface Source {
  receive(max: number, visibilitySeconds: number, waitSeconds: number): Promise<readonly ReceivedMessage[]>;
  delete(receiptHandle: string): Promise<void>;
  changeVisibility(receiptHandle: string, seconds: number): Promise<void>;
}

const AT_ONCE = 10;
const RECEIVES_AT_MOST = 200;
/** Others are held back for so long, so that each receive brings new messages. */
const HIDDEN_SECONDS = 30;
/**
 * Whoever does not wait is answered by some of the servers of SQS alone, and told that a queue is empty which is not.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-short-and-long-polling.html
 */
const WAIT_SECONDS = 1;

/**
 * Receives what is in a queue and deletes what was sent with these `dedupeId`s. Ends when all were found, when a receive brings nothing
 * new, or after so many receives; everything else is given back at once.
 */
export async function discard(queue: Source, dedupeIds: readonly string[]): Promise<void> {
  const wanted = new Set(dedupeIds);
  const others = new Map<string, string>();
  try {
    for (let receives = 0; wanted.size > 0 && receives < RECEIVES_AT_MOST; receives++) {
      const received = await queue.receive(AT_ONCE, HIDDEN_SECONDS, WAIT_SECONDS);
      const news = received.filter(({ messageId }) => !others.has(messageId));
      if (news.length === 0) return;
      for (const { messageId, receiptHandle, attributes } of received) {
        const id = attributes[DEDUPE_ATTRIBUTE];
        if (id === undefined || !wanted.has(id)) others.set(messageId, receiptHandle);
        // A standard queue may hold the same failure twice: the first of them found counts, as a harmless rest is allowed.
        else await queue.delete(receiptHandle).then(() => wanted.delete(id));
      }
    }
  } finally {
    for (const handle of others.values()) await queue.changeVisibility(handle, 0);
  }
}
