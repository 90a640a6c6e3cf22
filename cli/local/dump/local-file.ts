import { type BigIntStats, close, constants, fstat, fstatSync, open, read } from 'node:fs';
import { DumpError, type DumpFile } from '../../../functions/core/dump.ts';
import { type BytePath, systemPath } from './byte-path.ts';
import { dumpErrorOf } from './file-errors.ts';
import { versionOf } from './look.ts';

const EXACT = { bigint: true } as const;
/** Opening what has become a pipe meanwhile must not wait for somebody to write into it. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** Raises `DumpError`, or `Postponed` while the system has no file handles left. */
export async function openLocalFile(path: BytePath): Promise<DumpFile> {
  const handle = await opened(path);
  try {
    // Synchronous, since the system has just looked: a third less CPU time for opening, reading and closing a small file.
    const stats = fstatSync(handle, EXACT);
    if (stats.isFile()) return new LocalFile(handle, stats);
    throw new DumpError('FILE_CHANGED', 'a file of the dump has become something else than a file');
  } catch (error) {
    await closed(handle);
    throw error instanceof DumpError ? error : dumpErrorOf(error);
  }
}

class LocalFile implements DumpFile {
  readonly size: number;
  readonly version: string;
  readonly #handle: number;
  #open = true;

  constructor(handle: number, stats: BigIntStats) {
    this.#handle = handle;
    this.size = Number(stats.size);
    this.version = versionOf(stats);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    let filled = 0;
    while (filled < into.length) {
      const bytes = await this.#readOnce(into, filled, position + filled);
      if (bytes === 0) break;
      filled += bytes;
    }
    return filled;
  }

  #readOnce(into: Uint8Array, offset: number, position: number): Promise<number> {
    // The number of a closed handle may already be that of another file.
    if (!this.#open) throw new Error('the file is closed');
    return new Promise((resolve, reject) => {
      read(this.#handle, into, offset, into.length - offset, position, (error, bytes) => {
        if (error) reject(dumpErrorOf(error));
        else resolve(bytes);
      });
    });
  }

  async versionNow(): Promise<string> {
    if (!this.#open) throw new Error('the file is closed');
    return new Promise((resolve, reject) => {
      fstat(this.#handle, EXACT, (error, stats) => {
        if (error) reject(dumpErrorOf(error));
        else resolve(versionOf(stats));
      });
    });
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await closed(this.#handle);
  }
}

function opened(path: BytePath): Promise<number> {
  return new Promise((resolve, reject) => {
    open(systemPath(path), FLAGS, (error, handle) => {
      if (error) reject(dumpErrorOf(error));
      else resolve(handle);
    });
  });
}

/** Nothing was written, so that an error of closing means nothing. */
function closed(handle: number): Promise<void> {
  return new Promise((resolve) => close(handle, () => resolve()));
}
