import { isTooLarge, provenance, rowOfCondemned, rowOfFailure, rowOfTooLarge } from '../attempt/failed-rows.ts';
import { ask } from '../attempt/lookup.ts';
import type { Watch } from '../attempt/process.ts';
import type { Unproven } from '../attempt/prove.ts';
import { makeRow } from '../attempt/rows.ts';
import { withinLimits } from '../attempt/within-limits.ts';
import type { Attempt } from '../attempt/worker.ts';
import type { FileItem, OrthancId } from '../core/ids.ts';
import type { OutcomeCode, ReceiptRow } from '../core/outcome.ts';
import { outcomeOfError } from '../core/outcome-of-error.ts';
import type { FileEntry } from '../core/plan.ts';
import type { Recorded, Upload } from '../orthanc/server.ts';
import { absent, compared, decide, type Settled, type Step, withoutPixels } from './decide.ts';
import { isDamage, send } from './send.ts';
import type { Source } from './source.ts';

/** What all files of one attempt share. */
export interface Visit {
  readonly attempt: Attempt;
  readonly upload: Upload;
  /** What the target recorded before this attempt. */
  readonly known: ReadonlyMap<OrthancId, Recorded>;
  readonly watch: Watch | undefined;
}

/** What came of one file: a row, something to be proven, or nothing, since the attempt is over. */
export type Visited = { readonly row: ReceiptRow } | { readonly unproven: Unproven } | undefined;

/** What the first look says: enough for a row, or that the content has to be read. */
export async function firstStep(visit: Visit, entry: FileEntry): Promise<Step | undefined> {
  const { attempt } = visit;
  const step = decide(attempt.job, entry, targetOf(visit, entry));
  if (step.kind === 'after-rivals') return attempt.lastChance ? absent(attempt.job, entry) : { kind: 'wait' };
  if (step.kind === 'look-at-pixels') return lookAtPixels(attempt, entry, step.target);
  return step;
}

/** Brings one file as far as it can, from what the first look says. */
export async function visitFile(visit: Visit, entry: FileEntry, source: Source, first: Step): Promise<Visited> {
  const startedAt = visit.attempt.worker.ports.clock.now();
  try {
    return await follow(visit, entry, source, first, startedAt);
  } catch (error) {
    const code = outcomeOfError(error);
    if (code === undefined) throw error;
    const kind = isDamage(code) || code === 'FILE_VANISHED' ? 'final' : 'failed';
    return { row: rowOfFailure(visit.attempt, entry, undefined, { kind, code, maybeSent: false }, startedAt) };
  }
}

async function follow(visit: Visit, entry: FileEntry, source: Source, step: Step, startedAt: number): Promise<Visited> {
  const { attempt } = visit;
  switch (step.kind) {
    case 'final':
    case 'wait':
    case 'failed':
      return { row: rowWithoutReading(attempt, entry, step, targetOf(visit, entry)) };
    case 'unwrap': {
      const { size } = await source.measure();
      return { row: settled(attempt, entry, 'NOT_DICOM', startedAt, { size }) };
    }
    case 'compare': {
      const read = await source.measure();
      const next = compared(attempt.job, entry, read, step.target);
      if (next.kind !== 'final') return deliver(visit, entry, source, read.size, startedAt);
      return { row: settled(attempt, entry, next.code, startedAt, read, step.target) };
    }
    case 'send': {
      const size = source.size ?? (await source.measure()).size;
      return deliver(visit, entry, source, size, startedAt);
    }
  }
}

async function deliver(
  { attempt, upload, watch }: Visit,
  entry: FileEntry,
  source: Source,
  size: number,
  startedAt: number,
): Promise<Visited> {
  if (attempt.condemned.has(entry.id)) return { row: rowOfCondemned(attempt, entry, startedAt, { size }) };
  if (isTooLarge(attempt, size)) return { row: await rowOfTooLarge(attempt, entry, { size }) };
  const open = () => source.body();
  const sent = await withinLimits(attempt, entry.id, size, watch, () =>
    send(attempt, upload, { entry, size, open, once: source.once }),
  );
  if (sent.kind === 'given-up') return undefined;
  if (sent.kind !== 'stored') return { row: rowOfFailure(attempt, entry, { size }, sent, startedAt) };
  const { instance, study } = entry.content.dicom ?? {};
  const read: Recorded = { size: sent.bytes, md5: sent.md5 };
  return { unproven: { entry, expected: instance, study, source: read, sent, startedAt } };
}

/** The row of what needs no look inside. */
export function rowWithoutReading(
  attempt: Attempt,
  entry: FileEntry,
  step: Settled,
  target: Recorded | undefined,
): ReceiptRow {
  const startedAt = attempt.worker.ports.clock.now();
  if (step.kind === 'final') return settled(attempt, entry, step.code, startedAt, undefined, target);
  if (step.kind === 'failed')
    return rowOfFailure(attempt, entry, undefined, { kind: 'failed', code: step.code, maybeSent: false }, startedAt);
  return makeRow(attempt, entry, {
    code: entry.last ? 'PIXEL_DATA_MISSING' : 'DUPLICATE',
    settled: false,
    sentByUs: provenance(attempt, entry),
    attempts: entry.attempts ?? 0,
    startedAt,
  });
}

function settled(
  attempt: Attempt,
  entry: FileEntry,
  code: OutcomeCode,
  startedAt: number,
  read?: Recorded,
  target?: Recorded,
): ReceiptRow {
  const [otherFile] = entry.rivals ?? [];
  return makeRow(attempt, entry, {
    code,
    settled: true,
    // What was never meant to be sent was not sent by an attempt that died either.
    sentByUs: entry.final ? 'no' : provenance(attempt, entry),
    attempts: entry.attempts ?? 0,
    startedAt,
    source: read ?? { size: entry.content.size ?? entry.size },
    ...(read && target && { target }),
    ...(otherFile !== undefined && { otherFile }),
  });
}

/** The file without those rivals that have failed for good: once none is left it is its turn, and none of them was taken instead. */
export async function withoutFailedRivals({ worker, job }: Attempt, entry: FileEntry): Promise<FileEntry> {
  if (!entry.rivals || entry.final) return entry;
  const standing: FileItem[] = [];
  for (const item of entry.rivals) {
    const finding = await worker.ports.store.finding(job.id, item);
    if (finding?.row.outcome !== 'failure' || finding.reopened) standing.push(item);
  }
  const { rivals: _, ...rest } = entry;
  return standing.length === 0 ? rest : { ...rest, rivals: standing };
}

/** A header-only copy whose instance the target has: complete there, or cut like this one? */
async function lookAtPixels(attempt: Attempt, entry: FileEntry, target: Recorded): Promise<Step | undefined> {
  const instance = entry.content.dicom?.instance;
  if (!instance) return withoutPixels(attempt.job);
  const asked = await ask(attempt, () => attempt.target.hasPixelData(instance));
  if (asked.kind === 'blocked') attempt.blockage ??= asked.blockage;
  if (asked.kind === 'blocked') return undefined;
  if (asked.kind === 'failing') return { kind: 'failed', code: 'TARGET_ERROR' };
  if (asked.value) return { kind: 'final', code: 'HEADER_ONLY_COPY' };
  // The target has no more than this file has.
  return attempt.job.options.acceptHeaderOnly
    ? { kind: 'compare', target }
    : { kind: 'final', code: 'PIXEL_DATA_MISSING' };
}

export function targetOf({ known }: Visit, { content }: FileEntry): Recorded | undefined {
  const instance = content.dicom?.instance;
  return instance && known.get(instance);
}
