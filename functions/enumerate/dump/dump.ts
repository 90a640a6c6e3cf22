import { ahead } from '../../core/ahead.ts';
import type { JobId } from '../../core/ids.ts';
import type { Checkpoint, Cursor } from '../../core/job.ts';
import { ChunkPacker } from '../../core/packing.ts';
import { CHUNK_BYTES, CHUNK_INSTANCES, type FileEntry, PAGE_CHUNKS, type PlanEntry } from '../../core/plan.ts';
import type { Ports } from '../../core/ports.ts';
import { type DumpEnumeration, STEP_MARGIN_MS, type Step } from '../step.ts';
import { claimInOrder, hasPixels } from './claims.ts';
import { type Looked, look } from './look.ts';

type DumpCursor = Cursor & { stage: 'dump' };

/** The first pages are short, so that sending begins soon. */
const FIRST_PAGE_CHUNKS = 4;
/** What a page holds back will be planned as one page. */
const HELD_FILES = PAGE_CHUNKS * CHUNK_INSTANCES;
const HELD_BYTES = PAGE_CHUNKS * CHUNK_BYTES;

/** Plans the next page from the dump: what can be sent at once, and, kept with it, what has to wait for the end of the dump. */
export async function dumpStage(enumeration: DumpEnumeration, cursor: DumpCursor): Promise<Step> {
  const { ports, job, checkpoint, dump, deadline } = enumeration;
  const page = new Gathered(checkpoint);
  let next: Cursor = { stage: 'held', pass: 'orphans', page: 0 };
  for await (const looked of ahead(dump.list(cursor.after), dump.ahead, (item) => look(enumeration, item))) {
    page.add(looked);
    if (page.isFull || deadline.remainingMs() < STEP_MARGIN_MS) {
      next = { stage: 'dump', after: looked.key };
      break;
    }
  }
  return { ...(await page.claimed(ports, job.id)), next };
}

/** What was looked at for one page. */
export class Gathered {
  /** All that is planned now, in the order of the dump. */
  readonly #now: FileEntry[] = [];
  readonly #alone: FileEntry[] = [];
  readonly #together: (readonly FileEntry[])[] = [];
  readonly #held: FileEntry[] = [];
  readonly #maxChunks: number;
  #bytes = 0;
  #heldBytes = 0;

  constructor({ nextPage }: Checkpoint) {
    this.#maxChunks = Math.min(PAGE_CHUNKS, FIRST_PAGE_CHUNKS * 2 ** nextPage);
  }

  get isFull(): boolean {
    const chunks = Math.max(this.#alone.length / CHUNK_INSTANCES, this.#bytes / CHUNK_BYTES) + this.#together.length;
    return chunks >= this.#maxChunks || this.#held.length >= HELD_FILES || this.#heldBytes >= HELD_BYTES;
  }

  add({ entries, together }: Looked): void {
    const now = entries.filter((entry) => !isHeld(entry));
    for (const entry of now) this.#now.push(entry);
    if (together) this.#together.push(now);
    else
      for (const entry of now) {
        this.#alone.push(entry);
        this.#bytes += entry.size;
      }
    for (const entry of entries) {
      if (!isHeld(entry)) continue;
      this.#held.push(entry);
      this.#heldBytes += entry.size;
    }
  }

  /** The page, once all that has pixel data has claimed its instance in the order of the dump. */
  async claimed(ports: Ports, job: JobId): Promise<Pick<Step, 'chunks' | 'held'>> {
    const claimed = await claimInOrder(ports, job, this.#now.filter(hasPixelsToSend));
    const known = new Map(claimed.map((entry) => [entry.id, entry]));
    return { chunks: this.#packed((entry) => known.get(entry.id) ?? entry), held: this.#held };
  }

  /** Chunks with the files of one study side by side: a server tells of a study at once, and a storage folder has no order. */
  #packed(final: (entry: FileEntry) => FileEntry): readonly (readonly PlanEntry[])[] {
    const packer = new ChunkPacker();
    for (const entry of this.#alone.toSorted(byStudy)) packer.add(final(entry));
    for (const entries of this.#together) packer.addTogether(entries.map(final));
    return packer.chunks;
  }
}

function byStudy(a: FileEntry, b: FileEntry): number {
  const [one, other] = [a.content.dicom?.study ?? '', b.content.dicom?.study ?? ''];
  return one < other ? -1 : one > other ? 1 : 0;
}

function hasPixelsToSend(entry: FileEntry): boolean {
  return entry.final === undefined && hasPixels(entry);
}

/** What might be a copy of something better is not sent before the dump is read to its end. */
function isHeld(entry: FileEntry): boolean {
  if (entry.final || entry.content.kind !== 'dicom') return false;
  return !hasPixels(entry) || entry.index?.known === false || entry.index?.type === UNTIL_PIXEL_DATA;
}

/** Orthanc's attachment type of a header-only copy. */
export const UNTIL_PIXEL_DATA = 3;
