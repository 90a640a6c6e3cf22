import { join } from 'node:path';
import { MigrationError } from '../../functions/core/errors.ts';
import type { JobId } from '../../functions/core/ids.ts';
import type { ObjectStore } from '../../functions/core/ports.ts';
import { evidencePrefix, type Manifest, manifestKey } from '../../functions/evidence/manifest.ts';
import { objectsFolder } from '../runtime/state.ts';

/** The manifest of a job; `undefined` while it has none. */
export async function readManifest(objects: ObjectStore, job: JobId): Promise<Manifest | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await objects.read(manifestKey(job)))) as Manifest;
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Where a person finds the evidence of a job. */
export function evidenceFolder(stateDirectory: string, job: JobId): string {
  return join(objectsFolder(stateDirectory), evidencePrefix(job));
}
