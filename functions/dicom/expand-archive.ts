import type { Content, StorageKeys } from '../core/content.ts';
import type { DumpFile } from '../core/dump.ts';
import { expandTar, expandZip, type Member } from './archive/expand.ts';
import { openContent } from './open-content.ts';

/** The members of an archive, in its order. Raises `ArchiveError` where it is damaged, and what reading the file raises. */
export function expandArchive(file: DumpFile, content: Content, keys: StorageKeys): AsyncGenerator<Member> {
  if (content.kind === 'zip') return expandZip(file);
  return expandTar(openContent(file, content.layers, keys));
}
