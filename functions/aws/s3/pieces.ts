import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { ByteRange } from '../../core/ports.ts';
import { nameOf } from '../aws-error.ts';

/** Bodies that break off one after the other without a byte in between, before it is an error. */
const TRIES = 4;

/** What of the object GetObject shall give. */
export interface ObjectPart {
  readonly Range?: string;
  readonly IfMatch?: string;
}

/**
 * The bytes of an object, or of a range of it as far as there are bytes. The client itself repeats requests, but not a body that breaks
 * off, as one does whose reader takes its time: it is taken up where it broke, if the object is still the same.
 */
export async function* pieces(
  get: (part: ObjectPart) => Promise<GetObjectCommandOutput>,
  range?: ByteRange,
): AsyncIterable<Uint8Array> {
  const begin = range?.offset ?? 0;
  const end = range ? begin + range.length : undefined;
  let at = begin;
  let etag: string | undefined;
  let last = end;
  for (let failures = 0; ; ) {
    const answer = await get(part(at, end, etag)).catch(emptyBeyondEnd);
    if (!answer) return;
    etag = answer.ETag;
    last ??= answer.ContentLength === undefined ? undefined : at + answer.ContentLength;
    try {
      for await (const piece of (answer.Body ?? []) as AsyncIterable<Uint8Array>) {
        failures = 0;
        at += piece.length;
        yield piece;
      }
      return;
    } catch (error) {
      failures += 1;
      // Behind the last byte only the checksum of all of them can be wrong: there is nothing to go on with.
      if (failures === TRIES || at === last) throw error;
    }
  }
}

function part(at: number, end: number | undefined, etag: string | undefined): ObjectPart {
  const whole = at === 0 && end === undefined;
  return {
    ...(!whole && { Range: `bytes=${at}-${end === undefined ? '' : end - 1}` }),
    ...(etag !== undefined && { IfMatch: etag }),
  };
}

/** 416: the range begins at or behind the end of the object. */
function emptyBeyondEnd(error: unknown): undefined {
  if (nameOf(error) === 'InvalidRange') return undefined;
  throw error;
}
