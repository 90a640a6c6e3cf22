import { FatalError, MigrationError } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { ObjectStore } from '../core/ports.ts';
import { type Manifest, manifestKey } from './manifest.ts';

/** The manifest of a job; `undefined` while it has none. Raises `EVIDENCE_DAMAGED`. */
export async function readManifest(objects: ObjectStore, job: JobId): Promise<Manifest | undefined> {
  try {
    return parse(job, new TextDecoder().decode(await objects.read(manifestKey(job))));
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
}

function parse(job: JobId, text: string): Manifest {
  try {
    return JSON.parse(text) as Manifest;
  } catch (cause) {
    const message = `the manifest of job ${job} is damaged; "orthanc-migrate verify SOURCE TARGET" compares anew`;
    throw new FatalError('EVIDENCE_DAMAGED', message, { cause });
  }
}
