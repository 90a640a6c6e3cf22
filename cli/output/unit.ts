import { type JobKind, readsDump } from '../../functions/core/job.ts';
import type { Unit } from './format.ts';

/** What the outcomes of such jobs are about. */
export function unitOf(kind: JobKind): Unit {
  return readsDump(kind) ? 'file' : 'instance';
}
