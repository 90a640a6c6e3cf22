import { z } from 'zod';
import { type ChunkRef, isOrthancId, type JobId, type OrthancId } from './ids.ts';
import { SCHEMA_VERSION } from './job.ts';

/** The bodies of queue messages. Unknown versions are left alone by the handlers. */
const jobId = z
  .string()
  .min(1)
  .transform((text) => text as JobId);
const count = z.number().int().nonnegative();

export const transferMessage = z.object({
  v: z.literal(SCHEMA_VERSION),
  type: z.literal('transfer'),
  job: jobId,
  round: count,
  page: count,
  chunk: count,
});

export const enumerateMessage = z.object({
  v: z.literal(SCHEMA_VERSION),
  type: z.literal('enumerate'),
  job: jobId,
  round: count,
});

export const deadLetterMessage = z.object({
  v: z.literal(SCHEMA_VERSION),
  type: z.literal('failure'),
  job: jobId,
  round: count,
  instance: z
    .string()
    .refine(isOrthancId)
    .transform((text) => text as OrthancId),
  code: z.string(),
});

export function transferBody(ref: ChunkRef): string {
  return JSON.stringify({ v: SCHEMA_VERSION, type: 'transfer', ...ref });
}

export function enumerateBody(job: JobId, round: number): string {
  return JSON.stringify({ v: SCHEMA_VERSION, type: 'enumerate', job, round });
}

export function deadLetterBody(job: JobId, round: number, instance: OrthancId, code: string): string {
  return JSON.stringify({ v: SCHEMA_VERSION, type: 'failure', job, round, instance, code });
}
