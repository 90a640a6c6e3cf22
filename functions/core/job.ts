import type { Counts } from './counts.ts';
import type { EndpointName, FileKey, ItemId, JobId, OrthancId } from './ids.ts';

/** The version of every stored item and message. An unknown one is left alone, so that old and new code can run side by side. */
export const SCHEMA_VERSION = 1;

/** `dry-run` compares without sending; `verify` compares and calls what is missing or different a failure. */
export type JobKind = 'replicate' | 'dry-run' | 'verify' | 'import' | 'import-dry-run';

const WRITING: ReadonlySet<JobKind> = new Set(['replicate', 'import']);
const FROM_DUMP: ReadonlySet<JobKind> = new Set(['import', 'import-dry-run']);

/** Whether jobs of this kind store anything in the target. */
export function writesTarget(kind: JobKind): boolean {
  return WRITING.has(kind);
}

/** Whether the source of such a job is a dump and not a server. */
export function readsDump(kind: JobKind): boolean {
  return FROM_DUMP.has(kind);
}

/** Whether such a job takes in what is uploaded while it stands. */
export function takesUploads({ dump }: Pick<Job, 'dump'>): boolean {
  return dump !== undefined && 'uploads' in dump;
}

/** Which part of the source a job covers. An empty selection is the whole server. */
export interface Selection {
  /** Orthanc IDs or StudyInstanceUIDs. */
  readonly studies?: readonly string[];
  /** PatientID values. */
  readonly patientIds?: readonly string[];
  readonly modalities?: readonly string[];
  /** DICOM dates, YYYYMMDD, inclusive; either may be absent. */
  readonly studyDate?: { readonly from?: string; readonly to?: string };
  readonly labels?: readonly string[];
}

/** How equality is proven: by both servers' MD5, by size alone, or not at all. */
export type Check = 'md5' | 'size' | 'none';
export type ConflictPolicy = 'keep-target' | 'fail' | 'overwrite';

/** Options that are part of the job, whoever runs it. */
export interface JobOptions {
  readonly selection: Selection;
  readonly check: Check;
  readonly conflict: ConflictPolicy;
  /** How long an endpoint may stay closed without a single success before the job stops, milliseconds. */
  readonly maxWaitMs: number;
  /** Imports: what to do with files that an index beside them does not know. Default: import. */
  readonly orphans?: 'import' | 'skip';
  /** Imports: send images whose pixel data is nowhere. */
  readonly acceptHeaderOnly?: boolean;
}

/**
 * What an import reads: these folders and files; the files that this object of the store names, one key a line; or what is uploaded
 * while the job stands, which ends when nothing came for so long (milliseconds).
 */
export type DumpPlaces =
  | { readonly roots: readonly FileKey[] }
  | { readonly list: string }
  | { readonly uploads: { readonly quietMs: number } };

export type JobState =
  /** Asked for; the endpoints are not checked yet. */
  | 'requested'
  | 'running'
  /** Nothing is left to move: the evidence is being written. */
  | 'finishing'
  | 'completed'
  | 'completed-with-failures'
  /** Stopped by itself with work left; the same command goes on. */
  | 'stopped'
  /** Cancelled by the user. */
  | 'cancelled'
  /** Could not even begin. */
  | 'failed';

export const ENDED: ReadonlySet<JobState> = new Set([
  'completed',
  'completed-with-failures',
  'stopped',
  'cancelled',
  'failed',
]);

/**
 * Names the end of a job for all time, for whoever is told of it. Absent while it runs, and when its user brought the end about
 * and needs not be told.
 */
export function endToTell({ state, reason, endedAt }: Job): string | undefined {
  if (!ENDED.has(state) || state === 'cancelled' || reason?.code === 'PAUSED') return undefined;
  return `${state} ${endedAt}`;
}

/** Whether the supervisor has to look at it: it has not ended, or its end is still to be told. */
export function isOpen(job: Job): boolean {
  const end = endToTell(job);
  return !ENDED.has(job.state) || (end !== undefined && end !== job.published);
}

/** The job record. One item; changed only by compare-and-set on `revision`. */
export interface Job {
  readonly v: typeof SCHEMA_VERSION;
  readonly id: JobId;
  readonly revision: number;
  readonly kind: JobKind;
  readonly source: EndpointName;
  readonly target: EndpointName;
  /** Present exactly with imports; `source` is then a name for it. */
  readonly dump?: DumpPlaces;
  readonly options: JobOptions;
  readonly state: JobState;
  /** Why it stopped or failed: a code and one line. */
  readonly reason?: { readonly code: string; readonly message: string };
  /** The round in progress; 0 before the first. */
  readonly round: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endedAt?: number;
  /** Totals of all rounds that are settled; exact. */
  readonly settled: Counts;
  /** Of the round in progress: totals of its first pages, as far as they are closed and harvested; exact. */
  readonly harvested: { readonly pages: number; readonly counts: Counts };
  /** When it was last started or resumed: chunks queued before that are queued again. Milliseconds since the epoch. */
  readonly resumedAt: number;
  /** What stood on record then: the "most of it fails" rule looks at what came since. */
  readonly baseline: { readonly failure: number; readonly final: number };
  /** Findings that the next retry round takes up: all, those with this code, or those that were redriven. */
  readonly retry?: { readonly code?: string; readonly redriven?: true };
  /** What was last told of it, see `EventBus`. */
  readonly published?: string;
  /** What its pages looked like when something last changed there, and when that was (milliseconds since the epoch). */
  readonly progress?: { readonly mark: string; readonly at: number };
}

/**
 * Why a round is run: the first `load`; what failed or appeared since (`follow-up`); or failures that somebody asked to try
 * again (`retry`).
 */
export type RoundKind = 'load' | 'follow-up' | 'retry';

/** Where the enumeration of one round stands; each value says what the next plan page is made of. */
export type Cursor =
  | { readonly stage: 'start' }
  /** The study list, frozen in the object store, from this index on; within a study after this instance. */
  | {
      readonly stage: 'studies';
      readonly list: string;
      readonly count: number;
      readonly index: number;
      readonly after?: OrthancId;
    }
  /** Unsettled rows of the receipts of the round before, page by page. */
  | { readonly stage: 'unsettled'; readonly page: number }
  /** Final failures to be tried again, in the order of the findings after this one. */
  | { readonly stage: 'failures'; readonly after?: ItemId; readonly code?: string; readonly redriven?: true }
  /** Changes of the source after this sequence number. */
  | { readonly stage: 'changes'; readonly since: number }
  /** The final comparison: a fresh study list, each study listed on both servers; within a study after this instance. */
  | {
      readonly stage: 'compare';
      readonly list: string;
      readonly count: number;
      readonly index: number;
      readonly after?: OrthancId;
    }
  /** The dump from this object on. */
  | { readonly stage: 'dump'; readonly after?: FileKey }
  /** The log of uploads from this entry on, within it from this line on. */
  | { readonly stage: 'uploads'; readonly entry: number; readonly line: number }
  /** What was held back on this page of the round and those behind it: first orphans with pixel data, then whatever has none. */
  | { readonly stage: 'held'; readonly pass: 'orphans' | 'bare'; readonly page: number }
  | { readonly stage: 'done' };

/** The servers that a job works with. */
export function serversOf({ kind, source, target }: Pick<Job, 'kind' | 'source' | 'target'>): readonly EndpointName[] {
  return readsDump(kind) ? [target] : [source, target];
}

/** What a round has planned so far. */
export interface Planned {
  readonly pages: number;
  readonly chunks: number;
  readonly instances: number;
  /** Estimated bytes. */
  readonly bytes: number;
}

/** The enumerator's own item, one per round; changed only by compare-and-set on `revision`. */
export interface Checkpoint {
  readonly v: typeof SCHEMA_VERSION;
  readonly job: JobId;
  readonly round: number;
  readonly kind: RoundKind;
  readonly revision: number;
  readonly nextPage: number;
  readonly cursor: Cursor;
  readonly planned: Planned;
  /** Last change of the source that this round covers; absent while unknown. */
  readonly cutOff?: number;
  /** Where the `changes` stage begins: the cut-off of the round before, less an overlap. */
  readonly changesSince?: number;
  /** Not before this time (milliseconds since the epoch): failing rounds are spaced. */
  readonly notBefore: number;
  /** Studies read of studies listed, for progress. */
  readonly studies?: { readonly done: number; readonly total: number };
  /** Attempts in this round are the last: what still fails is final. */
  readonly lastChance: boolean;
}
