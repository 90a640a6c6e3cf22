import { join } from 'node:path';
import type { JobId } from '../../functions/core/ids.ts';
import { evidencePrefix } from '../../functions/evidence/manifest.ts';
import { objectsFolder } from '../runtime/state.ts';

/** Where a person finds the evidence of a job. */
export function evidenceFolder(stateDirectory: string, job: JobId): string {
  return join(objectsFolder(stateDirectory), evidencePrefix(job));
}
