import { ArchiveError } from './archive-error.ts';

/** A file that is open (`DumpFile`). */
export interface RandomAccess {
  /** Bytes. */
  readonly size: number;
  /** Fills `into` from `position` on, as far as there are bytes; returns how many. */
  read(into: Uint8Array, position: number): Promise<number>;
}

/** So many bytes, or as many as there are up to the end of the file. Raises `ArchiveError` (`FILE_CHANGED`) when it got shorter. */
export async function readAt(file: RandomAccess, position: number, length: number): Promise<Buffer> {
  const into = Buffer.allocUnsafe(Math.min(length, file.size - position));
  const bytes = await file.read(into, position);
  if (bytes < into.length) throw new ArchiveError('FILE_CHANGED', 'the archive got shorter while it was read');
  return into;
}
