import { damaged } from './archive-error.ts';
import type { ByteReader } from './byte-reader.ts';
import { parsePax, type TarExtension } from './tar-extension.ts';
import { BLOCK_BYTES, parseTarHeader, type TarHeader, untilNul } from './tar-header.ts';

/** A file in a tar archive; the reader stands at its first byte. */
export interface TarEntry {
  readonly name: Buffer;
  /** Bytes in the archive, without the padding. */
  readonly size: number;
  /** Whether what lies there is the file's content. */
  readonly whole: boolean;
}

/** Longer headers are no names. */
const LONGEST_EXTENSION_BYTES = 4 * 2 ** 20;
/** Links, devices, directories, pipes: whatever size they state, nothing follows them. */
const WITHOUT_CONTENT = '123456';
/** GNU's lists of directories and labels of volumes; Solaris' access lists. */
const OF_TAR_ITSELF = 'DVA';
const SPARSE_MORE_OFFSET = 504;

/** Finds the files of a tar archive, one after the other. */
export class TarEntries {
  readonly #reader: ByteReader;
  #global: TarExtension = {};
  #next: TarExtension = {};
  #paxSeen = false;
  #announced = false;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** The next file, whose content and padding the caller takes or skips; `undefined` at the end. Raises `ArchiveError`. */
  async next(): Promise<TarEntry | undefined> {
    for (;;) {
      const header = await this.#header();
      if (!header) return undefined;
      if (await this.#extend(header)) continue;
      const entry = await this.#entry(header);
      this.#next = {};
      this.#paxSeen = false;
      this.#announced = false;
      if (entry) return entry;
    }
  }

  /** Goes on behind blocks of zeros: archives are joined by writing one behind the other, and a checksum may come at the very end. */
  async #header(): Promise<TarHeader | undefined> {
    for (;;) {
      const block = await this.#reader.upTo(BLOCK_BYTES);
      const end = block.every((byte) => byte === 0);
      if (block.length < BLOCK_BYTES) {
        if (end && !this.#announced) return undefined;
        throw damaged('the tar archive ends within a header');
      }
      const header = end ? undefined : parseTarHeader(block);
      if (header) return header;
    }
  }

  /** Takes in a header that only speaks of what follows. */
  async #extend({ type, size }: TarHeader): Promise<boolean> {
    if (!'xXgLK'.includes(type)) return false;
    const bytes = await this.#extension(size);
    if (type === 'g') this.#global = { ...this.#global, ...parsePax(bytes) };
    else if (type === 'L') this.#next = { ...this.#next, name: untilNul(bytes) };
    else if (type !== 'K') this.#next = { ...this.#next, ...parsePax(bytes) };
    this.#paxSeen ||= type === 'x' || type === 'X';
    this.#announced ||= type !== 'g';
    return true;
  }

  async #extension(size: number): Promise<Buffer> {
    if (size > LONGEST_EXTENSION_BYTES) throw damaged('a header in the tar archive is too long to be one');
    const bytes = await this.#reader.upTo(size);
    await this.#reader.skip(padding(size));
    if (bytes.length < size) throw damaged('the tar archive ends within a header');
    return bytes;
  }

  async #entry(header: TarHeader): Promise<TarEntry | undefined> {
    const { name, size, sparse } = { ...header, ...this.#global, ...this.#next };
    // Only pax writes contents of hard links (POSIX.1-2017); elsewhere the size is that of the file they lead to.
    const linkWithContent = header.type === '1' && this.#paxSeen && size > 0;
    if (WITHOUT_CONTENT.includes(header.type) && !linkWithContent) return undefined;
    if (header.type === 'S') await this.#skipMap(header);
    if (OF_TAR_ITSELF.includes(header.type)) {
      await this.#reader.skip(size + padding(size));
      return undefined;
    }
    // Old archives have no type for directories.
    if (size === 0 && name.at(-1) === '/'.charCodeAt(0)) return undefined;
    return { name, size, whole: sparse !== true && header.type !== 'S' && header.type !== 'M' };
  }

  async #skipMap(header: TarHeader): Promise<void> {
    for (let more = header.extended; more; ) {
      const block = await this.#reader.upTo(BLOCK_BYTES);
      if (block.length < BLOCK_BYTES) throw damaged('the tar archive ends within a header');
      more = block[SPARSE_MORE_OFFSET] === 1;
    }
  }
}

/** Bytes from the end of a content to that of its last block. */
export function padding(size: number): number {
  return (BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES;
}
