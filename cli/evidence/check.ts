import { createHash } from 'node:crypto';
import { finalCount } from '../../functions/core/counts.ts';
import { FatalError, MigrationError } from '../../functions/core/errors.ts';
import type { Job } from '../../functions/core/job.ts';
import type { OutcomeClass } from '../../functions/core/outcome.ts';
import type { ObjectStore } from '../../functions/core/ports.ts';
import { evidencePrefix, type Shard } from '../../functions/evidence/manifest.ts';
import { readManifest } from '../../functions/evidence/read-manifest.ts';

export interface EvidenceCheck {
  readonly files: number;
  readonly rows: number;
  /** One line each; none when the evidence is as it was written. */
  readonly problems: readonly string[];
}

const CLASSES: readonly OutcomeClass[] = ['success', 'warning', 'failure', 'skipped'];

/** Checks that the files of a job's evidence are those that its manifest lists, and that they add up. */
export async function checkEvidence(objects: ObjectStore, job: Job): Promise<EvidenceCheck> {
  const manifest = await readManifest(objects, job.id).catch((error: unknown) => {
    if (error instanceof FatalError && error.code === 'EVIDENCE_DAMAGED') return error;
    throw error;
  });
  if (manifest instanceof FatalError) return { files: 0, rows: 0, problems: [manifest.message] };
  if (!manifest) return { files: 0, rows: 0, problems: [`there is none: the job is ${job.state}`] };
  const problems: string[] = [];
  const rows = new Map<OutcomeClass, number>();
  for (const shard of manifest.shards) {
    const found = await measure(objects, evidencePrefix(job.id) + shard.path);
    problems.push(...differences(shard, found));
    rows.set(shard.outcome, (rows.get(shard.outcome) ?? 0) + (found?.rows ?? 0));
  }
  for (const outcome of CLASSES) {
    const found = rows.get(outcome) ?? 0;
    const counted = manifest.counts[outcome];
    if (found !== counted) problems.push(`${found} rows of ${outcome}, but the manifest counts ${counted}`);
  }
  const total = [...rows.values()].reduce((sum, n) => sum + n, 0);
  if (manifest.scanned !== finalCount(manifest.counts))
    problems.push(`the manifest says ${manifest.scanned} scanned, but its counts are ${finalCount(manifest.counts)}`);
  return { files: manifest.shards.length, rows: total, problems };
}

interface Measured {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
}

async function measure(objects: ObjectStore, key: string): Promise<Measured | undefined> {
  const hash = createHash('sha256');
  let rows = 0;
  let bytes = 0;
  try {
    for await (const piece of objects.stream(key)) {
      hash.update(piece);
      bytes += piece.length;
      for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) rows += 1;
    }
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
  return { rows, bytes, sha256: hash.digest('hex') };
}

function differences(shard: Shard, found: Measured | undefined): string[] {
  if (!found) return [`${shard.path} is missing`];
  if (found.rows !== shard.rows) return [`${shard.path} has ${found.rows} rows instead of ${shard.rows}`];
  return found.sha256 === shard.sha256 ? [] : [`${shard.path} was changed: its SHA-256 is not that of the manifest`];
}
