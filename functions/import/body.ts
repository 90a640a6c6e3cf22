import { createHash, hash } from 'node:crypto';
import type { StorageKeys } from '../core/content.ts';
import { DumpError, type DumpFile } from '../core/dump.ts';
import type { Md5 } from '../core/ids.ts';
import type { FileEntry } from '../core/plan.ts';
import { ContentError } from '../dicom/content-error.ts';
import { openContent } from '../dicom/open-content.ts';
import type { Body } from '../orthanc/relay/body.ts';
import { giveSlab, SLAB_BYTES, takeSlab } from './slabs.ts';

/** Opens what an entry stands for: a file of the dump, or a member of an archive that is in memory. */
export type Opener = () => Promise<DumpFile>;

/**
 * The content of one file as the body of a POST. The last piece is given out only once all that is known of the file agrees with what
 * was read: its size, its MD5 in an index, the sums of its compression and encryption, and that it did not change meanwhile.
 */
export async function openBody(entry: FileEntry, open: Opener, keys: StorageKeys, size: number): Promise<Body> {
  const file = await open();
  try {
    requireSame(entry, file.version);
    const plain = entry.content.layers.length === 0;
    if (plain && file.size <= SLAB_BYTES) return await smallBody(entry, file);
    return new StreamedBody(entry, file, size, openContent(file, entry.content.layers, keys));
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function smallBody(entry: FileEntry, file: DumpFile): Promise<Body> {
  const slab = takeSlab(file.size);
  try {
    const bytes = slab.subarray(0, file.size);
    const filled = await file.read(bytes, 0);
    requireSame(entry, filled === bytes.length ? await file.versionNow() : 'cut');
    const md5 = hash('md5', bytes) as Md5;
    requireIndexed(entry, md5);
    await file.close();
    return { next: async () => bytes, last: true, md5, close: async () => giveSlab(slab) };
  } catch (error) {
    giveSlab(slab);
    throw error;
  }
}

class StreamedBody implements Body {
  last = false;
  md5: Md5 | undefined;
  readonly #entry: FileEntry;
  readonly #file: DumpFile;
  readonly #size: number;
  readonly #pieces: AsyncGenerator<Buffer>;
  readonly #hash = createHash('md5');
  #bytes = 0;

  constructor(entry: FileEntry, file: DumpFile, size: number, pieces: AsyncGenerator<Buffer>) {
    this.#entry = entry;
    this.#file = file;
    this.#size = size;
    this.#pieces = pieces;
  }

  async next(): Promise<Buffer> {
    const { done, value } = await this.#pieces.next();
    if (done) throw cut();
    this.#bytes += value.length;
    this.#hash.update(value);
    if (this.#bytes < this.#size) return value;
    if (this.#bytes > this.#size) throw changed();
    // What comes at the end are the checks of the layers around it.
    if (!(await this.#pieces.next()).done) throw changed();
    requireSame(this.#entry, await this.#file.versionNow());
    this.md5 = this.#hash.digest('hex') as Md5;
    requireIndexed(this.#entry, this.md5);
    this.last = true;
    return value;
  }

  async close(): Promise<void> {
    await this.#pieces.return(undefined);
    await this.#file.close();
  }
}

/** Reads a file to its end, with all checks. */
export async function measure(
  entry: FileEntry,
  open: Opener,
  keys: StorageKeys,
): Promise<{ readonly size: number; readonly md5: Md5 }> {
  const file = await open();
  try {
    requireSame(entry, file.version);
    const sum = createHash('md5');
    let size = 0;
    for await (const piece of openContent(file, entry.content.layers, keys)) {
      sum.update(piece);
      size += piece.length;
    }
    requireSame(entry, await file.versionNow());
    const md5 = sum.digest('hex') as Md5;
    requireIndexed(entry, md5);
    return { size, md5 };
  } finally {
    await file.close();
  }
}

function requireSame(entry: FileEntry, version: string): void {
  if (version !== entry.version) throw changed();
}

function requireIndexed({ index }: FileEntry, md5: Md5): void {
  if (!index?.known || index.md5 === undefined || index.md5 === md5) return;
  throw new ContentError('FILE_DAMAGED', 'the content has another MD5 than the index beside it says');
}

function changed(): DumpError {
  return new DumpError('FILE_CHANGED', 'a file changed while it was read');
}

function cut(): DumpError {
  return new DumpError('FILE_CHANGED', 'a file ended early while it was read');
}
