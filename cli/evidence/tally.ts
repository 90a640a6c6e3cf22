import type { Counts } from '../../functions/core/counts.ts';
import { type Job, readsDump } from '../../functions/core/job.ts';
import { isOutcomeCode, type OutcomeClass, type OutcomeCode, outcomeClass } from '../../functions/core/outcome.ts';
import type { ObjectStore } from '../../functions/core/ports.ts';
import { evidencePrefix, type Manifest } from '../../functions/evidence/manifest.ts';
import { readManifest } from '../../functions/evidence/read-manifest.ts';

export interface CodeTally {
  readonly outcome: OutcomeClass;
  readonly instances: number;
  /** Of those whose size is known. */
  readonly bytes: number;
}

/** What became of a job's instances. */
export interface Tally {
  readonly counts: Counts;
  /** Other outcomes than success, code by code; empty while there is no evidence. */
  readonly codes: ReadonlyMap<OutcomeCode, CodeTally>;
  /** Imports: files that an index beside them does not know. */
  readonly orphans?: number;
  /** Present once the job has completed. */
  readonly manifest?: Manifest;
}

/** @param counts as the job store has them; those of the evidence replace them. */
export async function tallyOf(objects: ObjectStore, job: Job, counts: Counts): Promise<Tally> {
  if (job.state !== 'completed' && job.state !== 'completed-with-failures') return { counts, codes: new Map() };
  const manifest = await readManifest(objects, job.id);
  if (!manifest) return { counts, codes: new Map() };
  const orphans = readsDump(job.kind) ? { orphans: await orphansOf(objects, manifest) } : {};
  return { counts: manifest.counts, codes: await codesOf(objects, manifest), ...orphans, manifest };
}

/** The shards of successes are by far the longest, and say nothing that the counts do not. */
async function codesOf(objects: ObjectStore, { jobId, shards }: Manifest): Promise<Map<OutcomeCode, CodeTally>> {
  const codes = new Map<OutcomeCode, CodeTally>();
  for (const { path, outcome } of shards) {
    if (outcome === 'success') continue;
    const text = new TextDecoder().decode(await objects.read(evidencePrefix(jobId) + path));
    for (const line of text.split('\n')) {
      // A dry run may have millions of lines, and parsing each would take minutes.
      const code = /"code":"(\w+)"/.exec(line)?.[1] ?? '';
      if (!isOutcomeCode(code)) continue;
      const before = codes.get(code) ?? { outcome: outcomeClass(code), instances: 0, bytes: 0 };
      const size = Number(/"size":(\d+)/.exec(line)?.[1] ?? 0);
      codes.set(code, { ...before, instances: before.instances + 1, bytes: before.bytes + size });
    }
  }
  return codes;
}

const ORPHAN = Buffer.from('"orphan":true');

async function orphansOf(objects: ObjectStore, { jobId, shards }: Manifest): Promise<number> {
  let found = 0;
  for (const { path } of shards) {
    const text = Buffer.from(await objects.read(evidencePrefix(jobId) + path));
    for (let at = text.indexOf(ORPHAN); at >= 0; at = text.indexOf(ORPHAN, at + ORPHAN.length)) found += 1;
  }
  return found;
}
