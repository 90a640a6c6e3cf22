import type { StorageKeys } from '../core/content.ts';
import type { DumpFile } from '../core/dump.ts';
import type { FileEntry } from '../core/plan.ts';
import type { Body } from '../orthanc/relay/body.ts';
import { isSame, measure, type Opener, openBody } from './body.ts';
import { type Measured, measured, StreamedBody } from './streamed-body.ts';

/** Where the content of one file comes from. */
export interface Source {
  /** Bytes of the content where that is known before reading it. */
  readonly size: number | undefined;
  /** It can be read once only: a second try has to wait for the next round. */
  readonly once: boolean;
  /** Raises what reading raises: `DumpError`, `ContentError`. */
  body(): Promise<Body>;
  /** Reads it to its end, with all checks. Raises as `body`. */
  measure(): Promise<Measured>;
}

/** A file that can be opened as often as needed. */
export interface FileSource extends Source {
  /** Whether there still is the version that was looked at. Raises what opening raises. */
  isSame(): Promise<boolean>;
}

export function fileSource(entry: FileEntry, open: Opener, keys: StorageKeys): FileSource {
  return {
    size: entry.content.size,
    once: false,
    body: () => openBody(entry, open, keys),
    measure: () => measure(entry, open, keys),
    isSame: () => isSame(entry, open),
  };
}

/** The member of an archive that is too large to be kept in memory. */
export function streamSource(size: number, pieces: () => AsyncIterable<Buffer>): Source {
  return {
    size,
    once: true,
    body: async () => new StreamedBody(pieces()),
    measure: () => measured(pieces()),
  };
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
