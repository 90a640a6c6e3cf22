import type { Breakage, HttpAnswer, Side } from './answer.ts';
import type { RetryClass } from './errors.ts';
import type { OutcomeCode } from './outcome.ts';

/** What was asked of the server: a look at the index, a DICOM file, or to store one. */
export type Operation = 'read' | 'file' | 'store';

/** Why an endpoint cannot take work. Shown to the user, and the key of an article in docs/operations.md. */
export type GateCode =
  | 'UNREACHABLE'
  | 'UNAUTHORIZED'
  | 'FULL'
  | 'READ_ONLY'
  | 'NOT_ORTHANC'
  | 'FAILING'
  /** Where and how to reach it cannot be read, or makes no sense. */
  | 'SECRET_UNREADABLE'
  | 'SECRET_INVALID';

export interface Verdict {
  readonly retryClass: RetryClass;
  /** The outcome where it is final, or what it becomes after the last attempt. */
  readonly outcome: OutcomeCode;
  /** Set exactly with retry class `wait`. */
  readonly gate?: GateCode;
}

/** OrthancStatus values (Orthanc's ErrorCode enumeration). */
const ORTHANC = {
  badFileFormat: 15,
  fullStorage: 19,
  corruptedFile: 20,
  inexistentTag: 21,
  parameterOutOfRange: 3,
  cannotWriteFile: 14,
  filesystemFailure: 2006,
  sqliteFull: 1009,
} as const;

const FULL: ReadonlySet<number> = new Set([ORTHANC.fullStorage, ORTHANC.cannotWriteFile, ORTHANC.sqliteFull]);

function failing(side: Side): OutcomeCode {
  return side === 'source' ? 'SOURCE_ERROR' : 'TARGET_ERROR';
}

/** The endpoint takes no work until a probe finds otherwise. */
export function wait(side: Side, gate: GateCode): Verdict {
  return { retryClass: 'wait', outcome: failing(side), gate };
}

function permanent(outcome: OutcomeCode): Verdict {
  return { retryClass: 'permanent', outcome };
}

/**
 * Judges an answer other than success. The OrthancStatus decides where there is one: behind a gateway the same HTTP status
 * speaks of the endpoint and not of the object.
 */
export function verdictOfAnswer(side: Side, operation: Operation, answer: HttpAnswer): Verdict {
  const { status, orthancStatus } = answer;
  if (status === 401 || status === 403) return wait(side, 'UNAUTHORIZED');
  if (!answer.orthanc) return wait(side, 'NOT_ORTHANC');
  if (status === 507 || (orthancStatus !== undefined && FULL.has(orthancStatus))) return wait(side, 'FULL');
  const special = operation === 'store' ? ofStore(side, answer) : ofRead(operation, answer);
  if (special) return special;
  if (status === 408 || status === 409 || status === 429 || status >= 500)
    return { retryClass: 'retry', outcome: failing(side) };
  // A status that Orthanc has no reason to give here says that we do not understand this endpoint: ask the operator.
  return wait(side, 'NOT_ORTHANC');
}

function ofStore(side: Side, { status, orthancStatus }: HttpAnswer): Verdict | undefined {
  if (status === 400) return permanent('TARGET_REFUSED');
  if (status === 404 && orthancStatus === ORTHANC.inexistentTag) return permanent('TARGET_MISSING_UID');
  if (status === 413) return permanent('TARGET_TOO_LARGE');
  if (status === 405) return wait(side, 'READ_ONLY');
  return undefined;
}

function ofRead(operation: Operation, { status, orthancStatus }: HttpAnswer): Verdict | undefined {
  if (status === 404) return { retryClass: 'source-gone', outcome: 'SOURCE_GONE' };
  if (operation !== 'file') return undefined;
  if (orthancStatus === ORTHANC.filesystemFailure) return permanent('SOURCE_FILE_MISSING');
  // 1.13.0 answers 400/3 for a truncated or emptied file and 500/20 for a flipped bit; 1.10.1 serves them as 200.
  if (status === 400 || orthancStatus === ORTHANC.corruptedFile || orthancStatus === ORTHANC.badFileFormat)
    return permanent('SOURCE_DAMAGED');
  return undefined;
}

/** Judges a connection without an answer. A reset or a timeout becomes `wait` once `/system` fails too: the caller asks. */
export function verdictOfBreakage(side: Side, breakage: Breakage): Verdict {
  switch (breakage.cause) {
    case 'refused':
    case 'dns':
    case 'tls':
      return wait(side, 'UNREACHABLE');
    case 'reset':
    case 'timeout':
    case 'protocol':
      return { retryClass: 'retry', outcome: failing(side) };
  }
}
