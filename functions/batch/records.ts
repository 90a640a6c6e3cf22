import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { MigrationError, messageOf, Postponed } from '../core/errors.ts';
import type { Log, WorkQueue } from '../core/ports.ts';

/** A Lambda function behind an SQS event source with partial batch responses. */
export type SqsHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

interface Place {
  readonly queue: WorkQueue;
  readonly log: Log;
  /** How soon a record comes again whose handling met a known trouble, milliseconds; absent: after the queue's visibility timeout. */
  readonly superviseEveryMs?: number;
}

/**
 * Takes each record of a batch by itself and tells SQS which ones must come again: one bad record harms no other. A record
 * whose handling raises `Postponed` becomes visible again after its delay, one that nobody understands after the queue's visibility
 * timeout.
 */
export async function takeRecords(
  place: Place,
  event: SQSEvent,
  take: (body: unknown) => Promise<void>,
): Promise<SQSBatchResponse> {
  const failures = await Promise.all(event.Records.map((record) => failureOf(place, record, take)));
  return { batchItemFailures: failures.flat() };
}

/**
 * Parses each record by itself, then does what all good ones ask for at once. A bad one comes again alone, and ends in the dead-letter
 * queue; when the work fails, all come again.
 */
export async function takeRecordsTogether<T>(
  place: Place,
  event: SQSEvent,
  parse: (body: unknown) => T,
  work: (parsed: readonly T[]) => Promise<void>,
): Promise<SQSBatchResponse> {
  const parsed: T[] = [];
  const { batchItemFailures } = await takeRecords(place, event, async (body) => {
    parsed.push(parse(body));
  });
  await work(parsed);
  return { batchItemFailures };
}

async function failureOf(
  { queue, log, superviseEveryMs }: Place,
  { body, messageId, receiptHandle }: SQSRecord,
  take: (body: unknown) => Promise<void>,
): Promise<{ itemIdentifier: string }[]> {
  try {
    await take(parsed(body));
    return [];
  } catch (raised) {
    const error = raised instanceof z.ZodError ? unknownMessage() : raised;
    const known = error instanceof MigrationError ? error : undefined;
    if (error instanceof Postponed) await queue.changeVisibility(receiptHandle, error.delaySeconds);
    else log.error({ queue: queue.name, messageId, code: known?.code ?? 'UNEXPECTED' }, messageOf(error));
    const again = known && !(known instanceof Postponed) && !known.code.startsWith('MESSAGE_');
    if (again && superviseEveryMs !== undefined)
      await queue.changeVisibility(receiptHandle, Math.ceil(superviseEveryMs / 1000));
    return [{ itemIdentifier: messageId }];
  }
}

/** Without the parser's words, which may quote the message. */
function unknownMessage(): MigrationError {
  return new MigrationError('MESSAGE_UNKNOWN', 'a message of another version, or of somebody else: it is left alone');
}

/** Raises without quoting the message, which may name files. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new MigrationError('MESSAGE_MALFORMED', 'a message that is no JSON: nobody can take it');
  }
}

/** What is left of an invocation, less the time that closing it takes; milliseconds. */
export function deadlineOf(context: { getRemainingTimeInMillis(): number }): { remainingMs(): number } {
  return { remainingMs: () => context.getRemainingTimeInMillis() };
}
