import * as z from 'zod';
import type { ChunkRef, ItemId, JobId } from './ids.ts';
import { SCHEMA_VERSION } from './job.ts';

/** The bodies of queue messages. Unknown versions are left alone by the handlers. */
const jobId = z
  .string()
  .min(1)
  .transform((text) => text as JobId);
const count = z.number().int().nonnegative();

/** Asks to work off one chunk, in the transfer queue or in the import queue. */
export const chunkMessage = z.object({
  v: z.literal(SCHEMA_VERSION),
  type: z.literal('chunk'),
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

/** The message of a final failure; back in a queue of chunks, it asks to try that item again. */
export const deadLetterMessage = z.object({
  v: z.literal(SCHEMA_VERSION),
  type: z.literal('failure'),
  job: jobId,
  round: count,
  /** An Orthanc ID, or a file of a dump. */
  item: z
    .string()
    .min(1)
    .transform((text) => text as ItemId),
  code: z.string(),
});

/** What the functions that work off chunks are sent. */
export const workMessage = z.discriminatedUnion('type', [chunkMessage, deadLetterMessage]);

export function chunkBody(ref: ChunkRef): string {
  return JSON.stringify({ v: SCHEMA_VERSION, type: 'chunk', ...ref });
}

export function enumerateBody(job: JobId, round: number): string {
  return JSON.stringify({ v: SCHEMA_VERSION, type: 'enumerate', job, round });
}

export function deadLetterBody(job: JobId, round: number, item: ItemId, code: string): string {
  return inQueue(JSON.stringify({ v: SCHEMA_VERSION, type: 'failure', job, round, item, code }));
}

/**
 * SQS refuses these two characters, which names of objects may have; all others that it refuses JSON has escaped already.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function inQueue(json: string): string {
  return json.replaceAll('\ufffe', '\\ufffe').replaceAll('\uffff', '\\uffff');
}
