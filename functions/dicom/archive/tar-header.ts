import type { Header } from 'tar-stream';

/** What tar-stream 3.2.2 (headers.js, extract.js) says of an entry, beyond what its types know. */
export type TarHeader = Omit<Header, 'type' | 'size' | 'pax'> & {
  /** `null` for any type that it does not know. */
  readonly type: Header['type'] | null;
  /** Bytes; `null` for some numbers that are none. */
  readonly size: number | null;
  /** Records of pax headers that speak of this entry. */
  readonly pax: Readonly<Record<string, string>> | null;
};

/** Everything in a tar archive comes in blocks of so many bytes. */
const BLOCK_BYTES = 512;
/** Names in headers are read in it, since it keeps every byte. Pax records are UTF-8 for tar-stream in any case. */
export const NAME_ENCODING = 'latin1';

/** `content` is given by the archive as it is; `unsupported` are files, or may be, but what lies in the archive is not their content. */
export type TarKind = 'content' | 'unsupported' | 'none';

export function kindOf({ type, size, name, pax }: TarHeader): TarKind {
  switch (type) {
    case 'file':
    case 'contiguous-file':
      if (isSparse(pax)) return 'unsupported';
      // Archives older than POSIX have no type for directories.
      return size === 0 && name.endsWith('/') ? 'none' : 'content';
    case 'directory':
      return 'none';
    case 'link':
    case 'symlink':
    case 'character-device':
    case 'block-device':
    case 'fifo':
      // Some writers give a link the size of the file that it leads to, some that file's content (POSIX.1-2017, pax): who knows.
      return size === 0 ? 'none' : 'unsupported';
    case null:
      // Sparse files and parts of files in the form of GNU, and whatever else somebody made up.
      return 'unsupported';
  }
}

/** Without its holes, behind a map of them (GNU tar manual, "Storing Sparse Files"). */
function isSparse(pax: TarHeader['pax']): boolean {
  return Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse.'));
}

export function nameOf({ name, pax }: TarHeader): Buffer {
  // The `path` of a sparse file is a made-up one.
  const fromPax = pax?.['GNU.sparse.name'] || pax?.path;
  return fromPax ? Buffer.from(fromPax) : Buffer.from(name, NAME_ENCODING);
}

/** Bytes that tar-stream takes for the content: those of a directory it ignores. `undefined` when the header states no valid size. */
export function lengthOf({ type, size }: TarHeader): number | undefined {
  if (size === null || !Number.isSafeInteger(size)) return undefined;
  return type === 'directory' ? 0 : size;
}

/** Where the last block of an entry ends whose header begins at `offset`. */
export function endOf(offset: number, length: number): number {
  return offset + BLOCK_BYTES + Math.ceil(length / BLOCK_BYTES) * BLOCK_BYTES;
}
