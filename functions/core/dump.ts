/** What an import needs of the place that it reads: a folder, a list of files, a bucket. */

import type { StorageKeys } from './content.ts';
import { MigrationError } from './errors.ts';
import type { EndpointName, FileKey, JobId, Md5 } from './ids.ts';
import type { DumpPlaces } from './job.ts';
import type { OutcomeCode } from './outcome.ts';

/** What the index of an Orthanc server that lies beside the files says of one of them (table `AttachedFiles`). */
export type IndexFact =
  /** The index does not know it: left over from something deleted. */
  | { readonly known: false }
  /** `type` is Orthanc's attachment type: 1 DICOM, 2 JSON summary, 3 DICOM until pixel data. MD5 and size (bytes) are of the uncompressed content. */
  | { readonly known: true; readonly type: number; readonly md5?: Md5; readonly size: number };

export type DumpItem =
  | {
      readonly kind: 'object';
      readonly key: FileKey;
      /** Bytes. */
      readonly size: number;
      /** Changes whenever the content may have changed. */
      readonly version: string;
      /** Present where an index that can be read lies beside the file. */
      readonly index?: IndexFact;
    }
  /** Something that cannot be read, whatever is tried. */
  | { readonly kind: 'problem'; readonly key: FileKey; readonly code: OutcomeCode };

/** One open object. */
export interface DumpFile {
  /** Bytes, when it was opened. */
  readonly size: number;
  readonly version: string;
  /** Fills `into` from `position` on, as far as there are bytes; returns how many. Raises `DumpError`. */
  read(into: Uint8Array, position: number): Promise<number>;
  /** The version that it has now; another one than at opening means that it changed meanwhile. Raises `DumpError`. */
  versionNow(): Promise<string>;
  close(): Promise<void>;
}

/** What is going to be read of an object: its beginning (more is a matter of time), or all of it. */
export type Reading = 'head' | 'whole';

export interface Dump {
  /** Objects whose heads are best read at the same time: more where each takes a while. */
  readonly ahead: number;
  /** Whether reading small objects takes mostly the processor's time, and no waiting. */
  readonly near: boolean;
  /** Everything in the dump after this key, in an order that is always the same. */
  list(after?: FileKey): AsyncIterable<DumpItem>;
  /** What `list` says of this one object now. Raises `DumpError`. */
  item(key: FileKey): Promise<DumpItem>;
  /** Raises `DumpError`. Expects that all of it is read, unless told otherwise. */
  open(key: FileKey, reading?: Reading): Promise<DumpFile>;
  close(): Promise<void>;
}

/** What tells which dump a job reads. */
export interface DumpJob {
  readonly id: JobId;
  readonly source: EndpointName;
  readonly dump: DumpPlaces;
}

/** Opens the dumps of jobs. */
export interface Dumps {
  /** Master keys for what is encrypted there. */
  readonly keys: StorageKeys;
  dump(job: DumpJob): Promise<Dump>;
  close(): Promise<void>;
}

/** An object of a dump that cannot be read: `code` is the outcome that this becomes. The message names no file: names may be patients'. */
export class DumpError extends MigrationError {
  override readonly name = 'DumpError';
  readonly outcome: OutcomeCode;
  constructor(outcome: OutcomeCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(outcome, message, { retryClass: 'retry', ...options });
    this.outcome = outcome;
  }
}
