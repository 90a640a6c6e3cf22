import { MigrationError } from '../core/errors.ts';
import { readsDump } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';
import { dumpContentOf } from '../evidence/dump-content.ts';
import { evidencePrefix, manifestKey } from '../evidence/manifest.ts';
import { readManifest } from '../evidence/read-manifest.ts';
import type { Answers } from './answers.ts';
import { findJob } from './find-job.ts';
import type { ControlPlace } from './place.ts';
import type { Requests } from './requests.ts';

/** A link has some 1.5 kB, and an invocation answers with 6 MB at most. */
const SHARDS_AT_ONCE = 500;

/** Where the evidence of a job is to be had. Raises NO_EVIDENCE. */
export async function report(
  { ports, link }: Pick<ControlPlace, 'ports' | 'link'>,
  { job: wanted, from }: Requests['report'],
): Promise<Answers['report']> {
  const job = await findJob(ports.store, wanted);
  const completed = job.state === 'completed' || job.state === 'completed-with-failures';
  const whole = completed ? await readManifest(ports.objects, job.id) : undefined;
  if (!whole) throw new MigrationError('NO_EVIDENCE', `job ${job.id} has no evidence yet: it is ${job.state}`);
  const { shards: all, ...manifest } = whole;
  const shards = await Promise.all(
    all
      .slice(from, from + SHARDS_AT_ONCE)
      .map(async (shard) => ({ ...shard, link: await link(evidencePrefix(job.id) + shard.path) })),
  );
  const next = from + shards.length;
  return { job, manifest, link: await link(manifestKey(job.id)), shards, ...(next < all.length && { next }) };
}

/** Sums up what a dry run of an import found. Raises NO_IMPORT. */
export async function content(
  ports: Pick<Ports, 'store' | 'objects'>,
  { job: wanted }: Requests['content'],
): Promise<Answers['content']> {
  const { id, kind } = await findJob(ports.store, wanted);
  if (!readsDump(kind)) throw new MigrationError('NO_IMPORT', `job ${id} is no import: it reads no dump`);
  return { content: await dumpContentOf(ports, id) };
}
