import {
  CHUNK_BYTES,
  CHUNK_INSTANCES,
  type ChunkState,
  PAGE_CHUNKS,
  type PlanPage,
} from '../../../../functions/core/plan.ts';
import type { Closure } from '../../../../functions/core/ports.ts';
import { chunk, instance, jobId, page } from '../../../contract/samples.ts';

/** Bytes of an entry of an image in a page's object, about. */
const ENTRY_BYTES = 160;
const NOW = 1_790_000_000_000;

export const JOB = jobId('20260920-101010-a1b2');

/** A page of a large server's plan: as many chunks as it may have, each as full as it may be. */
export function fullPage(): PlanPage {
  const length = CHUNK_INSTANCES * ENTRY_BYTES;
  const planned = (_: unknown, n: number): ChunkState =>
    chunk({ offset: n * length, length, instances: CHUNK_INSTANCES, bytes: CHUNK_BYTES - 12_345 - n });
  const list = `jobs/${JOB}/plan/1/studies.ndjson`;
  return page({
    job: JOB,
    page: 12_345,
    object: `jobs/${JOB}/plan/1/12345.ndjson`,
    next: { stage: 'studies', list, count: 1_000_000, index: 654_321, after: instance(123_456_789) },
    studies: { first: instance(123_456), last: instance(234_567) },
    chunks: Array.from({ length: PAGE_CHUNKS }, planned),
  });
}

/** The n-th chunk's end: all of it sent. */
export function fullClosure(n: number): Closure {
  const bytes = CHUNK_BYTES - 12_345 - n;
  return {
    receipt: `jobs/${JOB}/receipts/1/12345/${n}-1-${crypto.randomUUID()}.ndjson`,
    counts: {
      ...{ success: CHUNK_INSTANCES, warning: 0, failure: 0, skipped: 0, unsettled: 0, alreadyThere: 0 },
      ...{ sent: CHUNK_INSTANCES, sentBytes: bytes, finalBytes: bytes },
    },
  };
}

export function chunkRef(n: number) {
  return { job: JOB, round: 1, page: 12_345, chunk: n };
}

/** A moment of the n-th chunk's life, milliseconds since the epoch. */
export function moment(n: number): number {
  return NOW + n * 1234;
}
