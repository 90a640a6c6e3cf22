import type { Content } from './content.ts';
import type { CountedFact, Counts } from './counts.ts';
import type { IndexFact } from './dump.ts';
import type { FileItem, FileKey, ItemId, JobId, OrthancId } from './ids.ts';
import type { Cursor, SCHEMA_VERSION } from './job.ts';
import type { OutcomeCode } from './outcome.ts';

/** A chunk has at most this many instances … */
export const CHUNK_INSTANCES = 200;
/** … and, unless a single instance is larger, at most about this many bytes. */
export const CHUNK_BYTES = 128 * 1024 * 1024;
export const PAGE_CHUNKS = 50;

/** What every planned item has, as written in the plan page's object. */
interface Entry {
  /** Bytes as far as known when it was planned: an estimate. */
  readonly size: number;
  /** Attempts that counted in earlier rounds. */
  readonly attempts?: number;
  /** It had this final outcome in an earlier round, which this plan replaces. */
  readonly prior?: CountedFact;
  /** A former attempt may have sent it. */
  readonly maybeSent?: true;
}

/** One planned instance of a source server. */
export interface InstanceEntry extends Entry {
  readonly id: OrthancId;
  readonly study?: OrthancId;
  /** Where the listing told it. */
  readonly sopInstanceUid?: string;
  readonly file?: never;
}

/** One planned file of a dump, or one member of an archive in it. `size` is what it takes in the dump. */
export interface FileEntry extends Entry {
  readonly id: FileItem;
  readonly file: FileKey;
  readonly member?: { readonly number: number; readonly name: string };
  /** The version that was looked at. */
  readonly version: string;
  readonly content: Content;
  readonly index?: IndexFact;
  /** Its outcome is known without sending anything. */
  readonly final?: { readonly code: OutcomeCode; readonly keyNumber?: number };
  /** An image without its pixels: sent only where that is accepted. */
  readonly headerOnly?: true;
  /** The file that has the same instance and goes before it: of a header-only copy, the complete one; else what has to fail first. */
  readonly rivals?: readonly FileItem[];
  /** Not in the round that reads the dump: everything else goes first. */
  readonly last?: true;
}

export type PlanEntry = InstanceEntry | FileEntry;

/** The state of one chunk inside its page's item. */
export interface ChunkState {
  /** Where the chunk's entries are in the page's object: byte offset and length. */
  readonly offset: number;
  readonly length: number;
  readonly instances: number;
  readonly bytes: number;
  readonly state: 'planned' | 'closed';
  /** When it was last put on the queue, milliseconds since the epoch. */
  readonly queuedAt?: number;
  /** When an attempt last began or went back to the queue. */
  readonly touchedAt?: number;
  /** Attempts begun. */
  readonly started: number;
  /** Attempts that went back to the queue in good order. */
  readonly returned: number;
  /** Attempts in which the target broke down while instances of this chunk were on the wire. */
  readonly crashes: number;
  /** In careful mode: the instance on the wire, and how often the target or the worker died of it. */
  readonly suspect?: { readonly id: ItemId; readonly times: number };
  /** Instances that are proven to crash the target: never sent again. */
  readonly condemned?: readonly ItemId[];
  /** The winning receipt and its counts; present exactly when closed. */
  readonly receipt?: string;
  readonly counts?: Counts;
}

/** One item of the job store, written once before any of its chunks is queued; only the chunks' states change. */
export interface PlanPage {
  readonly v: typeof SCHEMA_VERSION;
  readonly job: JobId;
  readonly round: number;
  readonly page: number;
  /** Key of the object holding the entries as NDJSON, one line an entry. */
  readonly object: string;
  /** Where the enumeration goes on after this page. */
  readonly next: Cursor;
  /** First and last study (by Orthanc ID) of a page made from a sorted study list. */
  readonly studies?: { readonly first: OrthancId; readonly last: OrthancId };
  /** Final outcomes of earlier rounds that this page's entries replace: subtracted from the sums. */
  readonly replaces: Counts;
  readonly chunks: readonly ChunkState[];
  /** Files that are planned once the dump is read to its end: where they are in the page's object, behind the chunks' entries. */
  readonly held?: { readonly offset: number; readonly length: number; readonly files: number };
  /** Failures of this page are in the findings and in the dead-letter queue. */
  readonly harvested: boolean;
}
