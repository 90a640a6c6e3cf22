import type { Counts } from '../core/counts.ts';
import type { EndpointName, JobId } from '../core/ids.ts';
import type { Check, ConflictPolicy, JobKind } from '../core/job.ts';
import type { OutcomeClass } from '../core/outcome.ts';

export interface Shard {
  /** Relative to the manifest. */
  readonly path: string;
  readonly outcome: OutcomeClass;
  readonly rows: number;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** `jobs/<id>/manifest.json`: what the job covered, what became of it, and the files that hold every outcome. */
export interface Manifest {
  readonly v: 1;
  readonly jobId: JobId;
  readonly kind: JobKind;
  readonly source: EndpointName;
  readonly target: EndpointName;
  readonly check: Check;
  readonly conflict: ConflictPolicy;
  /** Which selections were in force; their values may be patient data and are not named. */
  readonly selected: readonly string[];
  readonly rounds: number;
  readonly createdAt: string;
  /** Instances with an outcome: the sum of success, warning, failure and skipped. */
  readonly scanned: number;
  readonly counts: Counts;
  readonly shards: readonly Shard[];
}

export function evidencePrefix(job: JobId): string {
  return `jobs/${job}/`;
}

export function manifestKey(job: JobId): string {
  return `${evidencePrefix(job)}manifest.json`;
}
