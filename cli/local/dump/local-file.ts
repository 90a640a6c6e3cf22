import {
  type BigIntStats,
  close,
  closeSync,
  constants,
  fstat,
  fstatSync,
  open,
  openSync,
  read,
  readSync,
} from 'node:fs';
import { DumpError, type DumpFile } from '../../../functions/core/dump.ts';
import { type BytePath, systemPath } from './byte-path.ts';
import { dumpErrorOf } from './file-errors.ts';
import { versionOf } from './look.ts';
import { pace, readPace } from './pace.ts';

const EXACT = { bigint: true } as const;
/** What one call reads at most while it is waited for (bytes): more may have to come from the disk. */
const QUICK_BYTES = 1024 * 1024;
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

  async #readOnce(into: Uint8Array, offset: number, position: number): Promise<number> {
    // The number of a closed handle may already be that of another file.
    if (!this.#open) throw new Error('the file is closed');
    const bytes = into.length - offset;
    if (readPace.quick && bytes <= QUICK_BYTES)
      return waited(() => readSync(this.#handle, into, offset, bytes, position), readPace);
    return new Promise((resolve, reject) => {
      read(this.#handle, into, offset, bytes, position, (error, filled) => {
        if (error) reject(dumpErrorOf(error));
        else resolve(filled);
      });
    });
  }

  async versionNow(): Promise<string> {
    if (!this.#open) throw new Error('the file is closed');
    if (pace.quick) return versionOf(waited(() => fstatSync(this.#handle, EXACT)));
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

/** Raises `DumpError`, or `Postponed`. */
function waited<T>(call: () => T, by = pace): T {
  try {
    return by.wait(call);
  } catch (error) {
    throw dumpErrorOf(error);
  }
}

async function opened(path: BytePath): Promise<number> {
  if (pace.quick) return waited(() => openSync(systemPath(path), FLAGS));
  return new Promise((resolve, reject) => {
    open(systemPath(path), FLAGS, (error, handle) => {
      if (error) reject(dumpErrorOf(error));
      else resolve(handle);
    });
  });
}

/** Nothing was written, so that an error of closing means nothing. */
async function closed(handle: number): Promise<void> {
  if (pace.quick) return closeQuickly(handle);
  return new Promise((resolve) => close(handle, () => resolve()));
}

function closeQuickly(handle: number): void {
  try {
    pace.wait(() => closeSync(handle));
  } catch {
    // Nothing was written.
  }
}
