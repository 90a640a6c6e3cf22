import type { Layer, StorageKeys } from '../core/content.ts';
import { decrypt } from './decrypt.ts';
import { gunzip, inflate } from './inflate.ts';
import type { Pieces } from './pieces.ts';

/** Bytes of a piece at most. */
export const PIECE_BYTES = 256 * 1024;

/** What is read of an open file of a dump. */
export interface ContentFile {
  readonly size: number;
  /** Fills `into` from `position` on, as far as there are bytes; returns how many. */
  read(into: Uint8Array, position: number): Promise<number>;
}

/**
 * The content inside all layers, in pieces of `PIECE_BYTES` at most, each valid until the next is asked for. Ends normally only when
 * all of it was given and is as its layers state; raises `ContentError` otherwise, and what the file raises. Without layers it ends
 * where the file was `size` bytes long when it was opened, or before, if the file has become shorter.
 */
export function openContent(file: ContentFile, layers: readonly Layer[], keys: StorageKeys): Pieces {
  return layers.reduce((outer, layer) => unwrap(outer, layer, keys), piecesOf(file));
}

function unwrap(outer: Pieces, layer: Layer, keys: StorageKeys): Pieces {
  switch (layer.kind) {
    case 'encrypted':
      return decrypt(outer, keys, layer.key);
    case 'deflated':
      return inflate(outer, layer.size);
    case 'gzip':
      return gunzip(outer);
  }
}

/** One buffer is used for all pieces. */
async function* piecesOf(file: ContentFile): Pieces {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, file.size));
  for (let at = 0; at < file.size; ) {
    const left = file.size - at;
    const read = await file.read(left < buffer.length ? buffer.subarray(0, left) : buffer, at);
    if (read === 0) return;
    yield buffer.subarray(0, read);
    at += read;
  }
}
