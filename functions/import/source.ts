import { createHash } from 'node:crypto';
import type { StorageKeys } from '../core/content.ts';
import type { DumpFile } from '../core/dump.ts';
import type { Md5 } from '../core/ids.ts';
import type { FileEntry } from '../core/plan.ts';
import type { Body } from '../orthanc/relay/body.ts';
import { measure, type Opener, openBody } from './body.ts';

/** Where the content of one file comes from. */
export interface Source {
  /** Bytes of the content where that is known before reading it. */
  readonly size: number | undefined;
  /** It can be read once only: a second try has to wait for the next round. */
  readonly once: boolean;
  /** Raises what reading raises: `DumpError`, `ContentError`. */
  body(size: number): Promise<Body>;
  /** Reads it to its end, with all checks. Raises as `body`. */
  measure(): Promise<{ readonly size: number; readonly md5: Md5 }>;
}

/** A file that can be opened as often as needed. */
export function fileSource(entry: FileEntry, open: Opener, keys: StorageKeys): Source {
  return {
    size: entry.content.size,
    once: false,
    body: (size) => openBody(entry, open, keys, size),
    measure: () => measure(entry, open, keys),
  };
}

/** The member of an archive that is too large to be kept in memory. */
export function streamSource(size: number, pieces: () => AsyncIterable<Buffer>): Source {
  return {
    size,
    once: true,
    body: async (announced) => new StreamBody(announced, pieces()[Symbol.asyncIterator]()),
    async measure() {
      const sum = createHash('md5');
      let bytes = 0;
      for await (const piece of pieces()) {
        sum.update(piece);
        bytes += piece.length;
      }
      return { size: bytes, md5: sum.digest('hex') as Md5 };
    },
  };
}

class StreamBody implements Body {
  last = false;
  md5: Md5 | undefined;
  readonly #size: number;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #hash = createHash('md5');
  #bytes = 0;

  constructor(size: number, pieces: AsyncIterator<Buffer>) {
    this.#size = size;
    this.#pieces = pieces;
  }

  async next(): Promise<Buffer> {
    const { done, value } = await this.#pieces.next();
    // A wrong number of bytes is for the upload to notice: it announced the right one.
    if (done) return this.#end(Buffer.alloc(0));
    this.#bytes += value.length;
    this.#hash.update(value);
    if (this.#bytes < this.#size) return value;
    const piece = Buffer.from(value);
    // Checksums come behind the last byte.
    const more = await this.#pieces.next();
    if (more.done) return this.#end(piece);
    return Buffer.concat([piece, more.value]);
  }

  #end(piece: Buffer): Buffer {
    this.last = true;
    this.md5 = this.#hash.digest('hex') as Md5;
    return piece;
  }

  async close(): Promise<void> {
    await this.#pieces.return?.();
  }
}

/** A member of an archive that is kept in memory, as a file. */
export function memoryFile(bytes: Uint8Array, version: string): DumpFile {
  return {
    size: bytes.length,
    version,
    async read(into, position) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
    versionNow: async () => version,
    close: async () => undefined,
  };
}
