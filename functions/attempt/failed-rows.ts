import type { ReceiptRow, SentByUs } from '../core/outcome.ts';
import { CHUNK_BYTES, type PlanEntry } from '../core/plan.ts';
import { workerIsThere } from '../core/queues.ts';
import type { OrthancError } from '../orthanc/errors.ts';
import type { Recorded } from '../orthanc/server.ts';
import type { Sent } from './judge.ts';
import { makeRow } from './rows.ts';
import type { Attempt } from './worker.ts';

/** The bytes were there before us, unless an attempt that left no receipt sent them. */
export function provenance(attempt: Attempt, entry: PlanEntry): SentByUs {
  if (entry.prior) return entry.prior.sentByUs;
  return attempt.repeated || entry.maybeSent ? 'unknown' : 'no';
}

export function failedLookup(attempt: Attempt, entry: PlanEntry, error: OrthancError, startedAt: number): ReceiptRow {
  const attempts = (entry.attempts ?? 0) + 1;
  const settled = isLast(attempt, attempts);
  return makeRow(attempt, entry, {
    code: error.side === 'source' ? 'SOURCE_ERROR' : 'TARGET_ERROR',
    settled,
    sentByUs: provenance(attempt, entry),
    attempts,
    startedAt,
    ...(error.answer && { answer: error.answer }),
  });
}

export function isLast(attempt: Attempt, attempts: number): boolean {
  return attempt.lastChance || attempts >= attempt.worker.retries.attempts;
}

/** The row of an instance that was not stored: final, or to be planned again. */
export function rowOfFailure(
  attempt: Attempt,
  entry: PlanEntry,
  source: Recorded | undefined,
  sent: Sent & { kind: 'final' | 'failed' },
  startedAt: number,
): ReceiptRow {
  const attempts = (entry.attempts ?? 0) + 1;
  const settled = sent.kind === 'final' || isLast(attempt, attempts);
  const sentByUs: SentByUs = sent.maybeSent ? 'unknown' : provenance(attempt, entry);
  return makeRow(attempt, entry, {
    code: sent.code,
    settled,
    sentByUs,
    attempts,
    startedAt,
    ...(source && { source }),
    ...(sent.answer && { answer: sent.answer }),
  });
}

/** Whether an item of this many bytes is more than this process may begin. */
export function isTooLarge({ worker }: Attempt, bytes: number): boolean {
  return bytes > worker.largest;
}

/** The row of an item that a function cannot move in its time: a worker that is there takes it in the next round. */
export async function rowOfTooLarge(attempt: Attempt, entry: PlanEntry, source: Recorded): Promise<ReceiptRow> {
  const { ports } = attempt.worker;
  return makeRow(attempt, entry, {
    code: 'TOO_LARGE_FOR_LAMBDA',
    settled: attempt.lastChance || !(await workerIsThere(ports)),
    sentByUs: provenance(attempt, entry),
    attempts: entry.attempts ?? 0,
    startedAt: ports.clock.now(),
    source,
  });
}

/** The row of an item that is proven to break the target: it is not sent again. */
export function rowOfCondemned(
  attempt: Attempt,
  entry: PlanEntry,
  startedAt: number,
  source: Recorded | undefined,
): ReceiptRow {
  // A function that dies each time with something large on the wire may as well have run out of time.
  const slow = Number.isFinite(attempt.worker.largest) && (source?.size ?? 0) > CHUNK_BYTES;
  return makeRow(attempt, entry, {
    code: slow ? 'TOO_LARGE_FOR_LAMBDA' : 'TARGET_CRASHES',
    settled: true,
    sentByUs: 'unknown',
    attempts: (entry.attempts ?? 0) + 1,
    startedAt,
    ...(source && { source }),
  });
}
