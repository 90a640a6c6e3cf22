import { pipeline, Readable } from 'node:stream';
import { createInflateRaw, inflateRawSync } from 'node:zlib';
import { damaged, judgeInflating } from './archive-error.ts';

const PIECE_BYTES = 64 * 1024;
/** Up to here a stream costs more than inflating itself, which takes a few milliseconds at most. */
const SMALL_BYTES = 2 ** 20;

interface Sizes {
  readonly compressedSize: number;
  readonly uncompressedSize: number;
}

/**
 * Inflates raw deflate data in pieces. Gives no more than one piece beyond the size that is stated, and less where the data is less.
 * Raises `ArchiveError` for damaged data, and what `compressed` raises.
 */
export function inflated(compressed: AsyncGenerator<Buffer>, sizes: Sizes): AsyncGenerator<Buffer> {
  const small = Math.max(sizes.compressedSize, sizes.uncompressedSize) <= SMALL_BYTES;
  return small ? atOnce(compressed, sizes.uncompressedSize) : streamed(compressed);
}

async function* atOnce(compressed: AsyncGenerator<Buffer>, size: number): AsyncGenerator<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of compressed) pieces.push(piece);
  const [only] = pieces;
  const whole = only && pieces.length === 1 ? only : Buffer.concat(pieces);
  const content = inflateWhole(whole, size);
  if (content.length > 0) yield content;
}

function inflateWhole(compressed: Buffer, size: number): Buffer {
  try {
    // One byte of room more than is needed, so that zlib sees the end without asking for another buffer.
    return inflateRawSync(compressed, { chunkSize: Math.max(size + 1, 64), maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    if (isTooLong(error)) throw damaged('a member is longer than the archive states', error);
    throw judgeInflating(error);
  }
}

function isTooLong(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
}

async function* streamed(compressed: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  const source = Readable.from(compressed);
  const inflate = createInflateRaw({ chunkSize: PIECE_BYTES });
  // Errors of the source reach whoever reads from `inflate`; an early end of reading reaches the source.
  pipeline(source, inflate, () => undefined);
  try {
    yield* inflate;
  } catch (error) {
    throw judgeInflating(error);
  } finally {
    source.destroy();
    // A reading that is under way must not outlive the file.
    if (!source.closed) await new Promise((resolve) => source.once('close', resolve));
  }
}
