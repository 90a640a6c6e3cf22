import type { DecipherGCM } from 'node:crypto';
import type { StorageKeys } from '../core/content.ts';
import { ContentError } from './content-error.ts';
import { type Pieces, splitFront } from './pieces.ts';
import { decipher, HEADER_BYTES, masterKey, TAG_BYTES } from './storage-encryption.ts';

/**
 * Decrypts an object that an object storage plugin encrypted with this master key. What it gives is authentic only once it has ended:
 * `DECRYPTION_FAILED` is raised instead of the end, `STORAGE_KEY_MISSING` at the beginning.
 */
export async function* decrypt(outer: Pieces, keys: StorageKeys, keyNumber: number): Pieces {
  try {
    const key = masterKey(keys, keyNumber);
    const { front: header, rest } = await splitFront(outer, HEADER_BYTES);
    if (header.length < HEADER_BYTES) throw failed();
    const opened = decipher(header, key);
    verify(opened, yield* beforeTag(opened, rest));
  } finally {
    await outer.return();
  }
}

/** Decrypts all but the last bytes, which it returns: only at the end it shows which those are. */
async function* beforeTag(opened: DecipherGCM, rest: Pieces): AsyncGenerator<Buffer, Buffer, undefined> {
  let held: Buffer = Buffer.alloc(0);
  for await (const piece of rest) {
    const bytes = Buffer.concat([held, piece]);
    const end = Math.max(0, bytes.length - TAG_BYTES);
    held = Buffer.from(bytes.subarray(end));
    if (end > 0) yield opened.update(bytes.subarray(0, end));
  }
  return held;
}

function verify(opened: DecipherGCM, tag: Buffer): void {
  if (tag.length < TAG_BYTES) throw failed();
  try {
    opened.setAuthTag(tag).final();
  } catch (error) {
    throw failed(error);
  }
}

function failed(cause?: unknown): ContentError {
  const message = 'the object does not decrypt: another master key, or the object is damaged';
  return new ContentError('DECRYPTION_FAILED', message, cause === undefined ? {} : { cause });
}
