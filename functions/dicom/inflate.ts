import zlib from 'node:zlib';
import { broken, differs, followed } from './content-error.ts';
import { SIZE_PREFIX_BYTES } from './layer.ts';
import { type Pieces, prepend, splitFront } from './pieces.ts';
import { decompress } from './zlib-stream.ts';

/** Bytes of a piece at most. */
const PIECE_BYTES = 256 * 1024;
/** Up to here all is inflated at once, which costs a fraction of what a stream does. */
const SMALL_INPUT_BYTES = 1024 * 1024;
const SMALL_OUTPUT_BYTES = 1024 * 1024;

/**
 * Inflates an attachment that Orthanc compressed, whose stated size is `size` bytes. Raises `FILE_DAMAGED` instead of ending where the
 * stream is broken or cut, where it holds more or less, or where anything follows it.
 */
export async function* inflate(outer: Pieces, size: number): Pieces {
  try {
    const { rest: stream } = await splitFront(outer, SIZE_PREFIX_BYTES);
    if (size > SMALL_OUTPUT_BYTES) {
      yield* inflateStream(stream, size);
      return;
    }
    // One byte more shows whether that is all.
    const { front, rest } = await splitFront(stream, SMALL_INPUT_BYTES + 1);
    if (front.length > SMALL_INPUT_BYTES) yield* inflateStream(prepend(front, rest), size);
    else yield* inflateWhole(front, size);
  } finally {
    await outer.return();
  }
}

/** Decompresses a gzip file with all its members. Raises `FILE_DAMAGED` where it is broken or cut. */
export function gunzip(outer: Pieces): Pieces {
  return decompress(outer, zlib.createGunzip({ chunkSize: PIECE_BYTES }));
}

async function* inflateStream(compressed: Pieces, size: number): Pieces {
  const engine = zlib.createInflate({ chunkSize: PIECE_BYTES });
  const input = { bytes: 0 };
  let output = 0;
  for await (const piece of decompress(counted(compressed, input), engine)) {
    output += piece.length;
    if (output > size) throw differs();
    yield piece;
  }
  if (output !== size) throw differs();
  if (engine.bytesWritten !== input.bytes) throw followed();
}

async function* counted(pieces: Pieces, total: { bytes: number }): Pieces {
  for await (const piece of pieces) {
    total.bytes += piece.length;
    yield piece;
  }
}

function* inflateWhole(compressed: Buffer, size: number): Generator<Buffer> {
  const { buffer, engine } = inflateAll(compressed, size);
  if (buffer.length !== size) throw differs();
  if (engine.bytesWritten !== compressed.length) throw followed();
  for (let at = 0; at < size; at += PIECE_BYTES) yield buffer.subarray(at, at + PIECE_BYTES);
}

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

function inflateAll(compressed: Buffer, size: number): Inflated {
  try {
    // With `info` it returns the engine, too, which @types/node does not know.
    return zlib.inflateSync(compressed, { info: true, maxOutputLength: size }) as unknown as Inflated;
  } catch (error) {
    throw broken(error);
  }
}
