import { crc32 } from 'node:zlib';
import type { Entry } from 'yauzl';
import { damaged } from './archive-error.ts';
import { inflated } from './inflate.ts';
import { type RandomAccess, readAt } from './random-access.ts';

/** Compression methods (APPNOTE.TXT 6.3.10, 4.4.5). */
export const STORED = 0;
export const DEFLATED = 8;

const PIECE_BYTES = 256 * 1024;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Extra fields of the local header, which may be others than in the directory; most are shorter. */
const USUAL_EXTRA_BYTES = 64;

/**
 * The content of a member, in pieces. The last one is given out only once size and CRC-32 agree with the directory. Raises
 * `ArchiveError`, and what reading the file raises.
 */
export async function* zipContent(file: RandomAccess, entry: Entry): AsyncGenerator<Buffer> {
  const stored = storedBytes(file, entry);
  const pieces = entry.compressionMethod === DEFLATED ? inflated(stored, entry) : stored;
  let held: Buffer | undefined;
  let size = 0;
  let crc = 0;
  for await (const piece of pieces) {
    size += piece.length;
    if (size > entry.uncompressedSize) throw damaged('a member is longer than the archive states');
    crc = crc32(piece, crc);
    if (held) yield held;
    held = piece;
  }
  if (size < entry.uncompressedSize) throw damaged('a member is shorter than the archive states');
  if (crc !== entry.crc32) throw damaged('the CRC-32 of a member is not what the archive states');
  if (held) yield held;
}

/** The bytes of a member as they lie in the archive. */
async function* storedBytes(file: RandomAccess, entry: Entry): AsyncGenerator<Buffer> {
  const { relativeOffsetOfLocalHeader: headerStart, compressedSize } = entry;
  if (headerStart + LOCAL_HEADER_BYTES > file.size) throw damaged('a member lies behind the end of the archive');
  // With the header at once what follows it: small members take a single reading.
  const expected = LOCAL_HEADER_BYTES + entry.fileNameLength + USUAL_EXTRA_BYTES + compressedSize;
  const first = await readAt(file, headerStart, Math.min(expected, PIECE_BYTES));
  if (first.readUInt32LE(0) !== LOCAL_HEADER) throw damaged('a member is not where the archive states');
  const start = headerStart + LOCAL_HEADER_BYTES + first.readUInt16LE(26) + first.readUInt16LE(28);
  const end = start + compressedSize;
  if (end > file.size) throw damaged('a member reaches behind the end of the archive');
  const already = first.subarray(start - headerStart, end - headerStart);
  if (already.length > 0) yield already;
  for (let position = start + already.length; position < end; ) {
    const piece = await readAt(file, position, Math.min(end - position, PIECE_BYTES));
    position += piece.length;
    yield piece;
  }
}
