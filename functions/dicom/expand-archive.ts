import type { Content, StorageKeys } from '../core/content.ts';
import type { DumpFile } from '../core/dump.ts';
import { ARCHIVE_LIMITS, expandTar, expandZip, type Member } from './archive/expand.ts';
import { openContent } from './open-content.ts';

/**
 * The members of an archive, in its order. A tar is read to its end, so that all layers around it were found whole when the last member
 * was followed by no error. Raises `ArchiveError` where it is damaged, `ContentError` where a layer is, and what reading the file raises.
 */
export function expandArchive(file: DumpFile, { kind, layers }: Content, keys: StorageKeys): AsyncGenerator<Member> {
  if (kind === 'zip') return expandZip(file);
  const compressedBytes = layers.length === 0 ? undefined : file.size;
  return expandTar(openContent(file, layers, keys), ARCHIVE_LIMITS, compressedBytes);
}
