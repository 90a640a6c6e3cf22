import * as z from 'zod';
import { MigrationError } from '../../core/errors.ts';

/** What S3 says of an object, in a listing as in the headers of an answer. */
export interface ObjectState {
  /** Without quotes. */
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Changes with every upload. */
  readonly version: string;
}

const seen = z.object({ ETag: z.string().min(1), LastModified: z.date(), size: z.number().int().nonnegative() });
const CONTENT_RANGE = /^bytes \d+-\d+\/(\d+)$/;

/** Of an entry of a listing. Raises `NOT_S3`. */
export function stateOfEntry(entry: {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly Size?: number | undefined;
}): ObjectState {
  return stateOf({ ...entry, size: entry.Size });
}

/** Of an answer to HEAD, or to GET with or without a range. Raises `NOT_S3`. */
export function stateOfAnswer(answer: {
  readonly ETag?: string | undefined;
  readonly LastModified?: Date | undefined;
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
}): ObjectState {
  const total = answer.ContentRange === undefined ? undefined : CONTENT_RANGE.exec(answer.ContentRange)?.[1];
  return stateOf({ ...answer, size: total === undefined ? answer.ContentLength : Number(total) });
}

/** Raises `NOT_S3` when the answer is not the part that was asked for. */
export function requireRange(
  { Range }: { readonly Range?: string },
  { ContentRange }: { readonly ContentRange?: string | undefined },
): void {
  const from = Range?.slice('bytes='.length, Range.indexOf('-') + 1);
  if (from !== undefined && !ContentRange?.startsWith(`bytes ${from}`))
    throw new MigrationError(
      'NOT_S3',
      'what answers for the bucket does not give the part of an object that it is asked for',
    );
}

function stateOf(answer: object): ObjectState {
  const { data } = seen.safeParse(answer);
  if (!data)
    throw new MigrationError('NOT_S3', 'what answers for the bucket gives no ETag, size or date of an object: not S3?');
  const etag = data.ETag.replace(/^(?:W\/)?"(.*)"$/, '$1');
  // A listing has milliseconds where a header has none.
  const seconds = Math.floor(data.LastModified.getTime() / 1000);
  return { etag, size: data.size, version: `${etag} ${data.size} ${seconds}` };
}
