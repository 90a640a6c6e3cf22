import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../functions/core/errors.ts';
import type { ObjectStore } from '../../functions/core/ports.ts';
import { evidencePrefix, type Manifest, manifestKey } from '../../functions/evidence/manifest.ts';
import { systemCode } from '../local/state-error.ts';

/**
 * Copies the evidence of a job into a folder, the manifest last. Returns the number of files, and which of them are not what the
 * manifest says, one line each. Raises `UsageError` when the folder cannot be written.
 */
export async function copyEvidence(
  objects: ObjectStore,
  manifest: Manifest,
  folder: string,
): Promise<{ readonly files: number; readonly problems: readonly string[] }> {
  const { jobId, shards } = manifest;
  const problems: string[] = [];
  for (const { path, sha256 } of shards) {
    const found = await copy(objects, evidencePrefix(jobId) + path, join(folder, path));
    if (found !== sha256) problems.push(`${path} was changed: its SHA-256 is not that of the manifest`);
  }
  await copy(objects, manifestKey(jobId), join(folder, 'manifest.json'));
  return { files: shards.length + 1, problems };
}

/** Returns the SHA-256 of what was copied. */
async function copy(objects: ObjectStore, key: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  const hashed = async function* () {
    for await (const piece of objects.stream(key)) {
      hash.update(piece);
      yield piece;
    }
  };
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, hashed());
    return hash.digest('hex');
  } catch (error) {
    const code = systemCode(error);
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new UsageError(`--output: ${path} cannot be written (${code})`, { cause: error });
  }
}
