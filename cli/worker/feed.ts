import type { SqsHandler } from '../../functions/batch/records.ts';
import { messageOf } from '../../functions/core/errors.ts';
import type { Clock, Deadline, Log, WorkQueue } from '../../functions/core/ports.ts';
import type { ReceivedMessage } from '../local/message.ts';
import { lambdaContext, sqsEvent } from '../local/sqs-event.ts';

/** A queue that messages can be taken from. */
export interface ReceivingQueue extends WorkQueue {
  /** Waits for a message until the signal is aborted, and raises then. */
  receive(
    max: number,
    visibilitySeconds: number,
    waitSeconds: number,
    signal: AbortSignal,
  ): Promise<readonly QueuedForUs[]>;
  delete(receiptHandle: string): Promise<void>;
}

type QueuedForUs = Omit<ReceivedMessage, 'position'>;

export interface FeedOptions {
  readonly queue: ReceivingQueue;
  readonly handler: SqsHandler;
  readonly clock: Clock;
  readonly log: Log;
  readonly deadline: Deadline;
  /** Messages at a time. */
  readonly concurrency: number;
}

/** How soon a message comes again after this process died; prolonged while it is worked on. */
const VISIBILITY_SECONDS = 60;
const BEAT_MS = 20_000;
/** The longest that SQS lets a reader wait for a message. */
const WAIT_SECONDS = 20;
/** After the queue could not be read; milliseconds. */
const TROUBLE_MS = 5000;

/** Feeds the messages of a queue to a handler on this machine until the signal is aborted, then waits for those under way. */
export async function feed(options: FeedOptions, signal: AbortSignal): Promise<void> {
  const { queue, clock, log, concurrency } = options;
  const running = new Set<Promise<void>>();
  while (!signal.aborted) {
    if (running.size >= concurrency) {
      await Promise.race(running);
      continue;
    }
    try {
      // One by one: what is received and not begun would be hidden from everybody else.
      const messages = await queue.receive(1, VISIBILITY_SECONDS, WAIT_SECONDS, signal);
      for (const message of messages) {
        const handled: Promise<void> = handle(options, message).finally(() => running.delete(handled));
        running.add(handled);
      }
    } catch (error) {
      if (signal.aborted) break;
      log.error({ queue: queue.name }, `cannot read the queue: ${messageOf(error)}`);
      await clock.sleep(TROUBLE_MS, signal);
    }
  }
  await Promise.all(running);
}

async function handle(options: FeedOptions, message: QueuedForUs): Promise<void> {
  const { queue, handler, deadline, log } = options;
  const beat = setInterval(() => {
    queue.changeVisibility(message.receiptHandle, VISIBILITY_SECONDS).catch((error: unknown) => {
      // At worst somebody else does the same work, which does no harm.
      log.warn({ queue: queue.name, message: message.messageId }, `cannot keep a message: ${messageOf(error)}`);
    });
  }, BEAT_MS);
  try {
    const response = await handler(sqsEvent(queue.name, [message]), lambdaContext('worker', deadline));
    clearInterval(beat);
    if (response.batchItemFailures.length === 0) await queue.delete(message.receiptHandle);
  } catch (error) {
    log.error({ queue: queue.name, message: message.messageId }, messageOf(error));
  } finally {
    clearInterval(beat);
  }
}
