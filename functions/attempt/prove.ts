import { messageOf } from '../core/errors.ts';
import type { OrthancId } from '../core/ids.ts';
import type { ReceiptRow, SentByUs } from '../core/outcome.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { Hints, Recorded } from '../orthanc/server.ts';
import { compare } from './compare.ts';
import { provenance, rowOfFailure } from './failed-rows.ts';
import type { Sent } from './judge.ts';
import { lookUp } from './lookup.ts';
import { makeRow, type RowFacts } from './rows.ts';
import type { Attempt } from './worker.ts';

/** What the target says that it stored. */
export interface Unproven {
  readonly entry: PlanEntry;
  /** The ID that it should have there, and its study. */
  readonly expected: OrthancId | undefined;
  readonly study: OrthancId | undefined;
  readonly source: Recorded;
  /** Facts that the row is to have beside those of the proof. */
  readonly more?: Pick<RowFacts, 'otherFile'>;
  readonly sent: Sent & { kind: 'stored' };
  readonly startedAt: number;
}

/** Asks the target what it recorded of all that it said it stored: HTTP 200 is no proof. */
export async function prove(attempt: Attempt, unproven: readonly Unproven[]): Promise<ReceiptRow[] | undefined> {
  const ids = unproven.map(({ sent }) => sent.id);
  const looked = await lookUp(attempt, attempt.target, ids, hintsOf(unproven));
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

function hintsOf(unproven: readonly Unproven[]): Hints {
  const studies = new Map<OrthancId, OrthancId>();
  const sopInstanceUids = new Map<OrthancId, string>();
  for (const { entry, sent, expected, study } of unproven) {
    if (study && sent.id === expected) studies.set(sent.id, study);
    const { sopInstanceUid: uid } = (entry.file === undefined ? entry : entry.content.dicom) ?? {};
    if (uid !== undefined) sopInstanceUids.set(sent.id, uid);
  }
  return { studies, sopInstanceUids };
}

function rowOfProof(
  attempt: Attempt,
  { entry, expected, source, sent, startedAt, more }: Unproven,
  target: Recorded | undefined,
): ReceiptRow {
  const before = provenance(attempt, entry);
  const again: SentByUs = before === 'unknown' || sent.tries > 1 ? 'unknown' : 'no';
  const sentByUs: SentByUs = sent.status === 'Success' ? 'yes' : again;
  const read: Recorded = { size: sent.bytes, md5: sent.md5 };
  const code = proofCode(attempt, entry, expected, sent, source.md5 ? source : read, target);
  // The file itself has no ID: it has the one that the target gives.
  const named = entry.file === undefined ? { targetInstance: sent.id } : { instance: sent.id };
  return makeRow(attempt, entry, {
    code,
    settled: true,
    sentByUs,
    attempts: (entry.attempts ?? 0) + 1,
    startedAt,
    source,
    readMd5: sent.md5,
    ...(target && { target }),
    ...(sent.id !== expected && named),
    ...more,
  });
}

function proofCode(
  attempt: Attempt,
  entry: PlanEntry,
  expected: OrthancId | undefined,
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
  if (entry.file === undefined && sent.id !== expected) return 'DIFFERENT_ORTHANC_ID';
  if (comparison === 'same-size') return 'CHECKED_BY_SIZE_ONLY';
  if (attempt.job.options.check === 'none') return 'UNCHECKED';
  return entry.file !== undefined && entry.headerOnly ? 'STORED_WITHOUT_PIXELS' : 'STORED';
}
