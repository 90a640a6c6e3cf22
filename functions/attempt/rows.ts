import type { HttpAnswer } from '../core/answer.ts';
import type { Md5, OrthancId } from '../core/ids.ts';
import {
  type FileSubject,
  type InstanceSubject,
  type OutcomeCode,
  outcomeClass,
  type ReceiptRow,
  type SentByUs,
} from '../core/outcome.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { Recorded } from '../orthanc/server.ts';
import type { Attempt } from './worker.ts';

export interface RowFacts {
  readonly code: OutcomeCode;
  readonly settled: boolean;
  readonly sentByUs: SentByUs;
  readonly attempts: number;
  readonly startedAt: number;
  readonly answer?: HttpAnswer;
  readonly source?: Recorded;
  readonly target?: Recorded;
  /** MD5 of the bytes that were read, where the source records none. */
  readonly readMd5?: Md5;
  readonly targetInstance?: OrthancId;
  /** Of an import: another ID of the instance than the header gives, and what else is known of the file. */
  readonly instance?: OrthancId;
  readonly otherFile?: string;
  readonly keyNumber?: number;
}

/** One line of the receipt. MD5s are named only where the job's check looked at them. */
export function makeRow(attempt: Attempt, entry: PlanEntry, facts: RowFacts): ReceiptRow {
  const now = attempt.worker.ports.clock.now();
  const { answer, source, target } = facts;
  const size = source?.size ?? target?.size;
  const common = {
    v: 1,
    ts: new Date(now).toISOString(),
    jobId: attempt.job.id,
    ...studyOf(entry),
    ...subjectOf(entry, facts),
    code: facts.code,
    ...(answer && { httpStatus: answer.status }),
    ...(answer?.orthancStatus !== undefined && { orthancStatus: answer.orthancStatus }),
    ...(size !== undefined && { size }),
    sentByUs: facts.sentByUs,
    attempts: facts.attempts,
    durationMs: Math.max(0, now - facts.startedAt),
  } as const;
  if (!facts.settled) return { ...common, outcome: 'unsettled' };
  const md5Source = source?.md5 ?? facts.readMd5;
  const compared = attempt.job.options.check === 'md5';
  return {
    ...common,
    outcome: outcomeClass(facts.code),
    ...(facts.targetInstance && { targetInstance: facts.targetInstance }),
    ...(compared && md5Source && { md5Source }),
    ...(compared && target?.md5 && { md5Target: target.md5 }),
  };
}

function studyOf(entry: PlanEntry): { study?: OrthancId } {
  const study = entry.file === undefined ? entry.study : entry.content.dicom?.study;
  return study === undefined ? {} : { study };
}

function subjectOf(entry: PlanEntry, facts: RowFacts): InstanceSubject | FileSubject {
  if (entry.file === undefined) return { instance: entry.id };
  const instance = facts.instance ?? entry.content.dicom?.instance;
  const keyNumber = facts.keyNumber ?? entry.final?.keyNumber;
  return {
    ...(instance && { instance }),
    file: entry.file,
    ...(entry.member && { member: entry.member }),
    ...(facts.otherFile !== undefined && { otherFile: facts.otherFile }),
    ...(entry.index?.known === false && { orphan: true as const }),
    ...(keyNumber !== undefined && { keyNumber }),
  };
}
