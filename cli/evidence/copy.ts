import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../functions/core/errors.ts';
import type { ObjectStore } from '../../functions/core/ports.ts';
import { evidencePrefix, type Manifest, manifestKey } from '../../functions/evidence/manifest.ts';
import { systemCode } from '../local/state-error.ts';

/** Copies the evidence of a job into a folder, the manifest last. Raises `UsageError` when that cannot be written. */
export async function copyEvidence(objects: ObjectStore, manifest: Manifest, folder: string): Promise<number> {
  const { jobId, shards } = manifest;
  for (const { path } of shards) await copy(objects, evidencePrefix(jobId) + path, join(folder, path));
  await copy(objects, manifestKey(jobId), join(folder, 'manifest.json'));
  return shards.length + 1;
}

async function copy(objects: ObjectStore, key: string, path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, objects.stream(key));
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || code === 'OBJECT_NOT_FOUND') throw error;
    throw new UsageError(`--output: ${path} cannot be written (${code})`, { cause: error });
  }
}
