import { messageOf } from '../core/errors.ts';
import type { Md5, OrthancId } from '../core/ids.ts';
import type { ReceiptRow, SentByUs } from '../core/outcome.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { OrthancError } from '../orthanc/errors.ts';
import type { Recorded, Relay } from '../orthanc/server.ts';
import { compare, type Decision, decide } from './decide.ts';
import { type Absent, findElsewhere } from './elsewhere.ts';
import { lookUp } from './lookup.ts';
import { makeRow } from './rows.ts';
import { type Sent, send } from './send.ts';
import type { Attempt } from './worker.ts';

/** A deadline nearer than this (milliseconds) lets no further instance start. */
const LAST_START_MS = 10_000;

/** Called around each transfer in careful mode. */
export interface Watch {
  readonly before: (id: OrthancId) => Promise<void>;
  readonly after: (id: OrthancId) => Promise<void>;
}

const DIFFERENT_ID: Decision = { kind: 'final', code: 'DIFFERENT_ORTHANC_ID' };

type Recordings = ReadonlyMap<OrthancId, Recorded>;

/** What both servers recorded, or why that cannot be told. */
type Known =
  | { readonly source: Recordings; readonly target: Recordings; readonly error?: never }
  | { readonly error: OrthancError };

interface Unproven {
  readonly entry: PlanEntry;
  readonly source: Recorded;
  readonly sent: Sent & { kind: 'stored' };
  readonly startedAt: number;
}

/**
 * Brings the entries of one chunk as far as it can: what the target holds is compared, the rest is sent and then proven.
 * Returns one row for each entry; `undefined` when an endpoint is blocked or time is short: then nothing is concluded.
 */
export async function processEntries(
  attempt: Attempt,
  relay: Relay,
  entries: readonly PlanEntry[],
  watch?: Watch,
): Promise<ReceiptRow[] | undefined> {
  const startedAt = attempt.worker.ports.clock.now();
  const known = await lookUpBoth(attempt, entries);
  if (known === undefined) return undefined;
  if (known.error) return entries.map((entry) => failedLookup(attempt, entry, known.error, startedAt));
  const elsewhere = await findElsewhere(attempt, absentOf(entries, known));
  if (elsewhere === undefined) return undefined;
  const rows: ReceiptRow[] = [];
  const unproven: Unproven[] = [];
  const sendOne = async (entry: PlanEntry): Promise<void> => {
    const source = known.source.get(entry.id);
    const there = elsewhere.get(entry.id);
    const target = there?.recorded ?? known.target.get(entry.id);
    const decision = there ? DIFFERENT_ID : decide(attempt.job, entry, source, target);
    if (decision.kind === 'final' || !source) {
      const code = decision.kind === 'final' ? decision.code : 'SOURCE_GONE';
      rows.push(
        makeRow(attempt, entry, {
          code,
          settled: true,
          sentByUs: provenance(attempt, entry),
          attempts: entry.attempts ?? 0,
          startedAt,
          ...facts(source, target),
          ...(there && { targetInstance: there.id }),
        }),
      );
      return;
    }
    if (attempt.condemned.has(entry.id)) {
      rows.push(
        makeRow(attempt, entry, {
          code: 'TARGET_CRASHES',
          settled: true,
          sentByUs: 'unknown',
          attempts: (entry.attempts ?? 0) + 1,
          startedAt,
          source,
        }),
      );
      return;
    }
    const begun = attempt.worker.ports.clock.now();
    const sent = await sendWithinLimits(attempt, relay, entry, source, watch);
    if (sent.kind === 'stored') unproven.push({ entry, source, sent, startedAt: begun });
    else if (sent.kind !== 'given-up') rows.push(rowOfFailure(attempt, entry, source, sent, begun));
  };
  if (watch) for (const entry of entries) await sendOne(entry);
  else await Promise.all(entries.map(sendOne));
  if (attempt.blockage || rows.length + unproven.length < entries.length) return undefined;
  const proven = await prove(attempt, unproven);
  return proven && [...rows, ...proven];
}

/** What the target does not know by the source's ID. */
function absentOf(entries: readonly PlanEntry[], known: { source: Recordings; target: Recordings }): Absent[] {
  return entries.flatMap((entry) => {
    const source = known.source.get(entry.id);
    return source && !known.target.has(entry.id) ? [{ entry, source }] : [];
  });
}

function facts(source: Recorded | undefined, target: Recorded | undefined): { source?: Recorded; target?: Recorded } {
  return { ...(source && { source }), ...(target && { target }) };
}

async function lookUpBoth(attempt: Attempt, entries: readonly PlanEntry[]): Promise<Known | undefined> {
  const ids = entries.map((entry) => entry.id);
  const studies = new Map(entries.flatMap(({ id, study }) => (study ? [[id, study]] : [])));
  const [source, target] = await Promise.all([
    lookUp(attempt, attempt.source, ids, studies),
    lookUp(attempt, attempt.target, ids, studies),
  ]);
  for (const looked of [source, target]) if (looked.kind === 'blocked') attempt.blockage ??= looked.blockage;
  if (source.kind === 'found' && target.kind === 'found') return { source: source.value, target: target.value };
  if (attempt.blockage) return undefined;
  for (const looked of [source, target]) if (looked.kind === 'failing') return { error: looked.error };
  return undefined;
}

/** The bytes were there before us, unless an attempt that left no receipt sent them. */
function provenance(attempt: Attempt, entry: PlanEntry): SentByUs {
  if (entry.prior) return entry.prior.sentByUs;
  return attempt.repeated || entry.maybeSent ? 'unknown' : 'no';
}

function failedLookup(attempt: Attempt, entry: PlanEntry, error: OrthancError, startedAt: number): ReceiptRow {
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

function isLast(attempt: Attempt, attempts: number): boolean {
  return attempt.lastChance || attempts >= attempt.worker.retries.attempts;
}

async function sendWithinLimits(
  attempt: Attempt,
  relay: Relay,
  entry: PlanEntry,
  source: Recorded,
  watch: Watch | undefined,
): Promise<Sent> {
  return attempt.pool.run(source.size, async () => {
    if (attempt.blockage || attempt.deadline.remainingMs() < LAST_START_MS) return { kind: 'given-up' };
    await watch?.before(entry.id);
    const sent = await send(attempt, relay, entry, source);
    // The mark stays on an instance under which the target broke down, and on nobody else.
    if (sent.kind !== 'given-up' || !brokeDown(attempt)) await watch?.after(entry.id);
    return sent;
  });
}

function brokeDown(attempt: Attempt): boolean {
  return attempt.blockage?.crashed ?? false;
}

function rowOfFailure(
  attempt: Attempt,
  entry: PlanEntry,
  source: Recorded,
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
    source,
    ...(sent.answer && { answer: sent.answer }),
  });
}

/** Asks the target what it recorded of all that it said it stored: HTTP 200 is no proof. */
async function prove(attempt: Attempt, unproven: readonly Unproven[]): Promise<ReceiptRow[] | undefined> {
  const ids = unproven.map(({ sent }) => sent.id);
  const studies = new Map(
    unproven.flatMap(({ entry, sent }) => (entry.study && sent.id === entry.id ? [[sent.id, entry.study]] : [])),
  );
  const looked = await lookUp(attempt, attempt.target, ids, studies);
  if (looked.kind === 'blocked') {
    attempt.blockage ??= looked.blockage;
    return undefined;
  }
  if (looked.kind === 'failing') {
    attempt.worker.ports.log.warn(
      { target: attempt.target.name },
      `cannot prove what was stored: ${messageOf(looked.error)}`,
    );
    return unproven.map(({ entry, source, startedAt }) =>
      rowOfFailure(attempt, entry, source, { kind: 'failed', code: 'TARGET_ERROR', maybeSent: true }, startedAt),
    );
  }
  return unproven.map((one) => rowOfProof(attempt, one, looked.value.get(one.sent.id)));
}

function rowOfProof(
  attempt: Attempt,
  { entry, source, sent, startedAt }: Unproven,
  target: Recorded | undefined,
): ReceiptRow {
  const before = provenance(attempt, entry);
  const again: SentByUs = before === 'unknown' || sent.tries > 1 ? 'unknown' : 'no';
  const sentByUs: SentByUs = sent.status === 'Success' ? 'yes' : again;
  const read: Recorded = { size: sent.bytes, md5: sent.md5 };
  const code = proofCode(attempt, entry, sent, source.md5 ? source : read, target);
  const targetInstance = sent.id === entry.id ? {} : { targetInstance: sent.id };
  return makeRow(attempt, entry, {
    code,
    settled: true,
    sentByUs,
    attempts: (entry.attempts ?? 0) + 1,
    startedAt,
    source,
    readMd5: sent.md5 as Md5,
    ...(target && { target }),
    ...targetInstance,
  });
}

function proofCode(
  attempt: Attempt,
  entry: PlanEntry,
  sent: Sent & { kind: 'stored' },
  source: Recorded,
  target: Recorded | undefined,
): ReceiptRow['code'] {
  if (!target) return 'TARGET_LOST';
  const comparison = compare(attempt.job, source, target);
  if (comparison === 'different') {
    if (sent.status === 'Success') return 'TARGET_ALTERED';
    return attempt.job.options.conflict === 'keep-target' ? 'CONFLICT_KEPT' : 'CONFLICT';
  }
  if (sent.id !== entry.id) return 'DIFFERENT_ORTHANC_ID';
  if (comparison === 'same-size') return 'CHECKED_BY_SIZE_ONLY';
  return attempt.job.options.check === 'none' ? 'UNCHECKED' : 'STORED';
}
