import type { Layer } from '../core/content.ts';
import { masterKeyNumber } from './storage-encryption.ts';

/** Bytes before the zlib stream of a compressed attachment: the size of what is in it. */
export const SIZE_PREFIX_BYTES = 8;
/** No attachment is larger (1 TiB). */
const MAX_STATED_BYTES = 2 ** 40;

/** What these first bytes say is wrapped around a content. */
export function layerOf(bytes: Uint8Array): Layer | undefined {
  const key = masterKeyNumber(bytes);
  if (key !== undefined) return { kind: 'encrypted', key };
  const size = compressedAttachment(bytes);
  if (size !== undefined) return { kind: 'deflated', size };
  return isGzip(bytes) ? { kind: 'gzip' } : undefined;
}

/**
 * The stated size, where these are the first bytes of an attachment that Orthanc compressed (ZlibCompressor.cpp): 8 bytes little
 * endian, then a zlib stream (RFC 1950) with the usual window and without a dictionary. Whether the stream is whole shows later:
 * a damaged one must not pass for something that was never compressed.
 */
function compressedAttachment(bytes: Uint8Array): number | undefined {
  const [method = 0, flags = 0] = bytes.subarray(SIZE_PREFIX_BYTES, SIZE_PREFIX_BYTES + 2);
  if (method !== 0x78 || (method * 256 + flags) % 31 !== 0 || (flags & 0x20) !== 0) return undefined;
  const size = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  return size > 0 && size <= MAX_STATED_BYTES ? size : undefined;
}

/** RFC 1952: the magic, the one method there is, and no reserved flags. */
function isGzip(bytes: Uint8Array): boolean {
  return (
    bytes.length >= 18 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8 && ((bytes[3] ?? 0) & 0xe0) === 0
  );
}
