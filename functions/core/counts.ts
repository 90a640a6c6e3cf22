import type { OutcomeClass, OutcomeCode, SentByUs } from './outcome.ts';

/** Exact numbers of instances by what became of them. */
export interface Counts {
  readonly success: number;
  readonly warning: number;
  readonly failure: number;
  readonly skipped: number;
  /** Not final: planned again in the next round. */
  readonly unsettled: number;
  /** Final instances that the target already held with equal content. */
  readonly alreadyThere: number;
  /** Final instances whose bytes this product sent. */
  readonly sent: number;
  /** Bytes of the instances in `sent`. */
  readonly sentBytes: number;
  /** Bytes of all final instances. */
  readonly finalBytes: number;
}

export const NO_COUNTS: Counts = {
  success: 0,
  warning: 0,
  failure: 0,
  skipped: 0,
  unsettled: 0,
  alreadyThere: 0,
  sent: 0,
  sentBytes: 0,
  finalBytes: 0,
};

export function addCounts(a: Counts, b: Counts): Counts {
  return {
    success: a.success + b.success,
    warning: a.warning + b.warning,
    failure: a.failure + b.failure,
    skipped: a.skipped + b.skipped,
    unsettled: a.unsettled + b.unsettled,
    alreadyThere: a.alreadyThere + b.alreadyThere,
    sent: a.sent + b.sent,
    sentBytes: a.sentBytes + b.sentBytes,
    finalBytes: a.finalBytes + b.finalBytes,
  };
}

/** Instances with a final outcome. */
export function finalCount(counts: Counts): number {
  return counts.success + counts.warning + counts.failure + counts.skipped;
}

export function subtractCounts(a: Counts, b: Counts): Counts {
  return {
    success: a.success - b.success,
    warning: a.warning - b.warning,
    failure: a.failure - b.failure,
    skipped: a.skipped - b.skipped,
    unsettled: a.unsettled - b.unsettled,
    alreadyThere: a.alreadyThere - b.alreadyThere,
    sent: a.sent - b.sent,
    sentBytes: a.sentBytes - b.sentBytes,
    finalBytes: a.finalBytes - b.finalBytes,
  };
}

/** The part of a row that is counted. */
export interface CountedFact {
  readonly outcome: OutcomeClass | 'unsettled';
  readonly code: OutcomeCode;
  readonly sentByUs: SentByUs;
  /** Bytes. */
  readonly size?: number;
}

/** What one row adds to the sums. */
export function countRow(row: CountedFact): Counts {
  if (row.outcome === 'unsettled') return { ...NO_COUNTS, unsettled: 1 };
  const size = row.size ?? 0;
  const sent = row.sentByUs === 'yes';
  return {
    ...NO_COUNTS,
    [row.outcome]: 1,
    alreadyThere: row.code === 'ALREADY_PRESENT' ? 1 : 0,
    sent: sent ? 1 : 0,
    sentBytes: sent ? size : 0,
    finalBytes: size,
  };
}

export function countRows(rows: Iterable<CountedFact>): Counts {
  let counts = NO_COUNTS;
  for (const row of rows) counts = addCounts(counts, countRow(row));
  return counts;
}
