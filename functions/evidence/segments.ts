import type { Counts } from '../core/counts.ts';
import { MigrationError } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import type { ObjectStore } from '../core/ports.ts';
import { evidencePrefix, type Shard } from './manifest.ts';

/** What came of compacting some pages: kept, since a large job takes longer than one invocation. */
export interface Segment {
  readonly shards: readonly Shard[];
  /** Of the rows in these shards. */
  readonly counts: Counts;
  /** By the page items. */
  readonly expected: Counts;
  /** Where the next one begins; absent with the last. */
  readonly next?: { readonly round: number; readonly page: number };
}

/** The segments that are done since the job was last at work. */
export async function readSegments(objects: ObjectStore, job: Job): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (;;) {
    const segment = await readSegment(objects, keyOf(job, segments.length));
    if (!segment) return segments;
    segments.push(segment);
    if (!segment.next) return segments;
  }
}

export async function writeSegment(objects: ObjectStore, job: Job, number: number, segment: Segment): Promise<void> {
  await objects.write(keyOf(job, number), new TextEncoder().encode(JSON.stringify(segment)));
}

/** A retry adds rounds, and with them other segments. */
function keyOf(job: Job, number: number): string {
  return `${evidencePrefix(job.id)}segments/${job.round}/${number}.json`;
}

async function readSegment(objects: ObjectStore, key: string): Promise<Segment | undefined> {
  try {
    return JSON.parse(new TextDecoder().decode(await objects.read(key)));
  } catch (error) {
    if (error instanceof MigrationError && error.code === 'OBJECT_NOT_FOUND') return undefined;
    throw error;
  }
}
