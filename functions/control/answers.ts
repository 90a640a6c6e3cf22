import type { Counts } from '../core/counts.ts';
import type { EndpointName, ItemId, JobId, OrthancId } from '../core/ids.ts';
import type { Job, JobKind, JobState } from '../core/job.ts';
import type { OutcomeRow } from '../core/outcome.ts';
import type { Gate, Limits } from '../core/ports.ts';
import type { DumpContent } from '../evidence/dump-content.ts';
import type { Manifest, Shard } from '../evidence/manifest.ts';
import type { SystemInfo } from '../orthanc/server.ts';
import type { Warning } from '../orthanc/settings.ts';
import type { Progress } from '../supervise/progress.ts';
import type { QueueDepth } from './place.ts';
import type { RequestType } from './requests.ts';

/** A job in a list. */
export interface JobLine {
  readonly id: JobId;
  readonly kind: JobKind;
  readonly source: EndpointName;
  readonly target: EndpointName;
  readonly state: JobState;
  readonly reason?: { readonly code: string; readonly message: string };
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly counts: Counts;
}

/** A job whose state somebody asked to change. */
export interface Changed {
  /** As it is now. */
  readonly job: Job;
  /** `false`: it was so before. */
  readonly changed: boolean;
}

export interface EndpointReport {
  readonly name: EndpointName;
  /** Only a worker reaches it: the functions cannot tell more. */
  readonly worker: boolean;
  readonly system?: SystemInfo;
  readonly statistics?: { readonly instances: number; readonly studies: number; readonly uncompressedBytes: number };
  /** What to know before it is a target. */
  readonly warnings?: readonly Warning[];
  /** Why it cannot be read. */
  readonly problem?: Warning;
  /** Why it takes no instances; absent when it does, or cannot even be read. */
  readonly storeProblem?: Warning;
  readonly limits?: Limits;
  readonly gate: Gate;
}

/** What each request is answered with, beside `"ok": true`. All of it is plain JSON. */
export interface Answers {
  readonly start: {
    readonly job: Job;
    readonly how: 'new' | 'resumed';
    readonly warnings: readonly Warning[];
  };
  readonly jobs: {
    /** The newest first. */
    readonly jobs: readonly JobLine[];
    /** How many older ones there are. */
    readonly older: number;
  };
  readonly status: {
    readonly progress: Progress;
    /** The time there, milliseconds since the epoch. */
    readonly now: number;
  };
  readonly failures: {
    readonly job: Pick<Job, 'id' | 'kind'>;
    readonly rows: readonly OutcomeRow[];
    /** `after` of the next page; absent on the last one. */
    readonly next?: ItemId;
  };
  /** `nothing`: there is no such failure. */
  readonly retry: { readonly job: Job; readonly how: 'retry' | 'resumed' | 'nothing' };
  readonly pause: Changed;
  readonly resume: Changed;
  readonly cancel: Changed;
  readonly report: {
    readonly job: Job;
    readonly manifest: Omit<Manifest, 'shards'>;
    /** To the manifest itself. Links are valid for 15 minutes. */
    readonly link: string;
    readonly shards: readonly (Shard & { readonly link: string })[];
    /** `from` of the next page; absent on the last one. */
    readonly next?: number;
  };
  readonly content: { readonly content: DumpContent };
  readonly limits: { readonly limits: Limits };
  readonly doctor: {
    readonly version: string;
    readonly endpoints: readonly EndpointReport[];
    readonly queues: readonly QueueDepth[];
    /** Jobs that have not ended. */
    readonly jobs: readonly JobLine[];
  };
  readonly smoke: { readonly job: Job; readonly study: OrthancId };
  readonly 'smoke-clean': {
    /** As it is now: one that had not ended is cancelled. */
    readonly job: Job;
    /** Which servers held the study until now. */
    readonly removed: { readonly source: boolean; readonly target: boolean };
  };
  readonly environment: { readonly version: string; readonly environment: Readonly<Record<string, string>> };
  readonly tick: Record<never, never>;
}

export type Answer<T extends RequestType> = { readonly ok: true } & Answers[T];

/** What cannot be done. `fatal`: it is not the request that is wrong. */
export interface Refusal {
  readonly ok: false;
  readonly code: string;
  readonly message: string;
  readonly fatal?: true;
}
