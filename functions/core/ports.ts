/**
 * What the use cases need of the world. `functions/aws` and `cli/local` implement these and pass the same contract tests.
 * Orthanc itself is no port: see functions/orthanc.
 */
import type { Counts } from './counts.ts';
import type { Endpoint } from './endpoint.ts';
import type { ChunkRef, EndpointName, FileItem, ItemId, JobId, OrthancId } from './ids.ts';
import type { Checkpoint, Job, JobKind, JobState } from './job.ts';
import type { OutcomeRow } from './outcome.ts';
import type { PlanPage } from './plan.ts';

export interface OutgoingMessage {
  readonly body: string;
  /** Seconds before it can be received; 0 to 900 as with SQS. */
  readonly delaySeconds?: number;
  /** A second message with the same value within the queue's memory is dropped where the queue can do so. */
  readonly dedupeId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** A standard queue in the sense of SQS: at least once, in any order. */
export interface WorkQueue {
  readonly name: string;
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Approximate numbers of messages waiting and in flight. */
  depth(): Promise<{ readonly visible: number; readonly inFlight: number }>;
  /** Makes a received message visible again after so many seconds. Does nothing when the receipt handle is no longer valid. */
  changeVisibility(receiptHandle: string, seconds: number): Promise<void>;
}

/** Final failures, one message each: a work queue whose messages people look into. */
export interface DeadLetterQueue extends WorkQueue {
  /** Removes the messages that were sent with these `dedupeId`s; those that are gone already are no error. */
  discard(dedupeIds: readonly string[]): Promise<void>;
}

/** Gate of one endpoint: closed while the endpoint cannot take work. */
export interface Gate {
  readonly endpoint: EndpointName;
  readonly revision: number;
  readonly state: 'open' | 'closed';
  /** Why it was closed last. */
  readonly code?: string;
  readonly message?: string;
  /** First closure since the last success there; absent when a success came after it. Milliseconds since the epoch. */
  readonly blockedSince?: number;
  /** When the supervisor probes again. */
  readonly probeAt?: number;
  /** Probes since the last success: they grow further apart. */
  readonly probes: number;
  /** The one attempt that may use the endpoint, while suspects are tried alone. */
  readonly exclusive?: { readonly holder: string; readonly until: number };
}

/** Limits of one endpoint: shared by all jobs, changeable while they run. */
export interface Limits {
  readonly endpoint: EndpointName;
  readonly revision: number;
  /** Parallel transfers at most. */
  readonly transfers: number;
  /** Bytes being transferred at most. */
  readonly inflightBytes: number;
  /** Timetable as in `--bwlimit`; absent: unlimited. */
  readonly bandwidth?: string;
}

/** A fact about one instance or file that outlives its chunk: a final failure, or a final outcome that a plain comparison of IDs would take for missing. */
export interface Finding {
  readonly job: JobId;
  readonly item: ItemId;
  /** The round whose plan the row belongs to. */
  readonly round: number;
  readonly row: OutcomeRow;
  /** Planned again by `retry`; its new outcome is not known yet. */
  readonly reopened: boolean;
  /** Its message came back from the dead-letter queue: somebody wants it tried again. */
  readonly redriven?: true;
}

/** A file that holds an instance. */
export interface Claim {
  readonly item: FileItem;
  /** Whether it has the pixel data. */
  readonly pixels: boolean;
  /** Bytes of a file of which that could not be told. */
  readonly size?: number;
}

/** One entry of the log of uploads of a standing import. The log only grows, and nothing comes behind its end. */
export type Arrival =
  | {
      readonly kind: 'uploads';
      /** Key of the object that names them, one JSON line each. */
      readonly object: string;
      /** When they were taken down, milliseconds since the epoch. */
      readonly at: number;
    }
  | { readonly kind: 'end'; readonly at: number };

/** How one attempt closed a chunk. */
export interface Closure {
  readonly receipt: string;
  readonly counts: Counts;
}

/** A change to one chunk's state that is no closure. */
export type ChunkChange =
  | { readonly kind: 'queued'; readonly at: number }
  | { readonly kind: 'started'; readonly at: number }
  | { readonly kind: 'returned'; readonly at: number; readonly crashed: boolean }
  | { readonly kind: 'suspect'; readonly id: ItemId | undefined; readonly died: boolean }
  | { readonly kind: 'condemned'; readonly id: ItemId };

/**
 * The truth about jobs. Every method is one conditional single-item operation, or a read. A method that answers `false` has
 * changed nothing.
 */
export interface JobStore {
  /** `false` when a job with this id exists. */
  createJob(job: Job): Promise<boolean>;
  job(id: JobId): Promise<Job | undefined>;
  /** All jobs, newest first. */
  jobs(): Promise<readonly Job[]>;
  /**
   * Those that are open (`isOpen`), newest first, however many have ended. What became open or ceased to be a moment ago may be
   * missing or still among them.
   */
  openJobs(): Promise<readonly Job[]>;
  /** Stores `next` with `revision + 1` if the stored revision is that of `next`. */
  updateJob(next: Job): Promise<boolean>;

  /** `false` when that round has a checkpoint already. */
  createCheckpoint(checkpoint: Checkpoint): Promise<boolean>;
  checkpoint(job: JobId, round: number): Promise<Checkpoint | undefined>;
  /** Stores `next` with `revision + 1` if the stored revision is that of `next`. */
  updateCheckpoint(next: Checkpoint): Promise<boolean>;

  /** Stores the page unless that number is taken, and returns what is stored then. */
  putPage(page: PlanPage): Promise<PlanPage>;
  page(job: JobId, round: number, page: number): Promise<PlanPage | undefined>;
  /** Pages of a round in order, from this number on. */
  pages(job: JobId, round: number, from: number, limit: number): Promise<readonly PlanPage[]>;
  /** Changes a planned chunk and returns its page as stored then; `undefined` when the chunk is closed or unknown. */
  changeChunk(ref: ChunkRef, change: ChunkChange): Promise<PlanPage | undefined>;
  /** Marks every planned chunk of a page as queued. */
  pageQueued(job: JobId, round: number, page: number, at: number): Promise<void>;
  /** The one conditional update that ends a chunk; `false` when it was closed before. */
  closeChunk(ref: ChunkRef, closure: Closure): Promise<boolean>;
  /** `false` when it was marked before. */
  markHarvested(job: JobId, round: number, page: number): Promise<boolean>;

  /** Stores a finding unless one of the same or a later round is there; `false` then. */
  putFinding(finding: Finding): Promise<boolean>;
  finding(job: JobId, item: ItemId): Promise<Finding | undefined>;
  /** Findings in the order of their items, after this one. */
  findings(job: JobId, after: ItemId | undefined, limit: number): Promise<readonly Finding[]>;
  /** Marks a finding of this round as reopened. */
  reopenFinding(job: JobId, item: ItemId, round: number): Promise<boolean>;
  /** Marks a finding of this round as redriven, unless it is reopened already. */
  redriveFinding(job: JobId, item: ItemId, round: number): Promise<boolean>;

  /**
   * Adds each claim to those on its instance, unless that file is among them, and returns all claims on each instance in the order in
   * which they came.
   */
  claim(
    job: JobId,
    claims: readonly { readonly instance: OrthancId; readonly claim: Claim }[],
  ): Promise<readonly (readonly Claim[])[]>;
  /** All claims on each of these instances, in the order in which they came. */
  claims(job: JobId, instances: readonly OrthancId[]): Promise<readonly (readonly Claim[])[]>;

  /** Writes the entry with this number, from 0, in the job's log of uploads; `false` when that number is taken. */
  appendArrival(job: JobId, number: number, arrival: Arrival): Promise<boolean>;
  /** Entries of the log in order, from this number on. */
  arrivals(job: JobId, from: number, limit: number): Promise<readonly Arrival[]>;

  /** The gate, open when it was never touched. */
  gate(endpoint: EndpointName): Promise<Gate>;
  /** Stores `next` with `revision + 1` if the stored revision is that of `next` (0: none stored). */
  updateGate(next: Gate): Promise<boolean>;
  limits(endpoint: EndpointName): Promise<Limits | undefined>;
  updateLimits(next: Limits): Promise<boolean>;

  /** Takes or renews a lease for this long; `false` while another holder's is valid. */
  takeLease(name: string, holder: string, now: number, durationMs: number): Promise<boolean>;
  releaseLease(name: string, holder: string): Promise<void>;
  /** Who holds the lease at this time, if anybody. */
  leaseHolder(name: string, now: number): Promise<string | undefined>;
}

export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Objects by key (`jobs/<id>/…`), each written whole or not at all. */
export interface ObjectStore {
  write(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>;
  /** The object or a part of it. Raises `OBJECT_NOT_FOUND`. */
  read(key: string, range?: ByteRange): Promise<Uint8Array>;
  /** The object's bytes in order. Raises `OBJECT_NOT_FOUND` at the first read. */
  stream(key: string): AsyncIterable<Uint8Array>;
  /** Keys that begin with the prefix, in any order. */
  list(prefix: string): AsyncIterable<string>;
}

export interface Endpoints {
  /** Raises `UNKNOWN_ENDPOINT`. */
  endpoint(name: EndpointName): Promise<Endpoint>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Ends early, without an error, when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How long the present invocation may go on. */
export interface Deadline {
  /** Milliseconds until the invocation should have returned; 0 once it must stop starting work. */
  remainingMs(): number;
}

type Fields = Readonly<Record<string, unknown>>;

/** Structured log. Never receives credentials or patient data. */
export interface Log {
  debug(fields: Fields, message: string): void;
  info(fields: Fields, message: string): void;
  warn(fields: Fields, message: string): void;
  error(fields: Fields, message: string): void;
}

/** What happened to a job, for whoever listens. */
export interface JobEvent {
  readonly type: 'completed' | 'blocked' | 'failed';
  readonly job: JobId;
  readonly kind: JobKind;
  /** Absent for an import: what it reads may be called after a patient. */
  readonly source?: EndpointName;
  readonly target: EndpointName;
  readonly state: JobState;
  /** Why it is blocked, stopped or failed: a code and one line. */
  readonly reason?: { readonly code: string; readonly message: string };
  readonly counts: Counts;
}

/** Where events of jobs are published: at least once each. */
export interface EventBus {
  publish(event: JobEvent): Promise<void>;
}

/** What feeds a queue's chunks to functions. */
export interface FunctionFeeds {
  /** Lets chunks of such a queue through, or holds them back. `busy`: it is being changed just now, maybe by this very call. */
  set(queue: 'transfer' | 'import', enabled: boolean): Promise<'changed' | 'unchanged' | 'busy'>;
}

export type MetricName =
  | 'InstancesMoved'
  | 'BytesMoved'
  | 'InstancesSucceeded'
  | 'InstancesWithWarnings'
  | 'InstancesFailed'
  | 'InstancesSkipped'
  | 'ChunkDuration'
  | 'JobsRunning'
  | 'GateClosedMinutes'
  | 'MinutesWithoutProgress';

/** Numbers for dashboards and alarms. */
export interface Metrics {
  add(name: MetricName, value: number): void;
}

/** A machine of the user's own that works beside the functions. */
export interface WorkerLane {
  /** Chunks and enumerations for it. */
  readonly queue: WorkQueue;
  /** A single instance larger than this (bytes) is for it. */
  readonly aboveBytes: number;
  /** Servers that only it can reach. */
  readonly endpoints: ReadonlySet<EndpointName>;
}

/** What every use case is given. */
export interface Ports {
  readonly store: JobStore;
  readonly objects: ObjectStore;
  readonly endpoints: Endpoints;
  readonly clock: Clock;
  readonly log: Log;
  readonly queues: {
    readonly enumerate: WorkQueue;
    readonly transfer: WorkQueue;
    readonly import: WorkQueue;
    /** Final failures, one message each. */
    readonly deadLetter: DeadLetterQueue;
  };
  /** Absent on one machine, where everything works in one place. */
  readonly lane?: WorkerLane;
  /** How far apart the supervisor's looks are, milliseconds; absent: it looks all the time. */
  readonly superviseEveryMs?: number;
  readonly events?: EventBus;
  readonly feeds?: FunctionFeeds;
  readonly metrics?: Metrics;
}
