import { addCounts, type Counts, countRow, NO_COUNTS } from './counts.ts';
import {
  CHUNK_BYTES,
  CHUNK_INSTANCES,
  type ChunkState,
  type FileEntry,
  PAGE_CHUNKS,
  type PlanEntry,
  type PlanPage,
} from './plan.ts';

/** Packs entries, in order, into chunks bounded by instances and by bytes; an instance larger than the bound is alone. */
export class ChunkPacker {
  readonly #chunks: PlanEntry[][] = [];
  readonly #maxInstances: number;
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxInstances: number = CHUNK_INSTANCES, maxBytes: number = CHUNK_BYTES) {
    this.#maxInstances = maxInstances;
    this.#maxBytes = maxBytes;
  }

  add(entry: PlanEntry): void {
    const last = this.#chunks.at(-1);
    if (last && last.length < this.#maxInstances && this.#bytes + entry.size <= this.#maxBytes) {
      last.push(entry);
      this.#bytes += entry.size;
    } else {
      this.#chunks.push([entry]);
      this.#bytes = entry.size;
    }
  }

  /** Adds entries that must not be separated, as a chunk of their own whatever its size. */
  addTogether(entries: readonly PlanEntry[]): void {
    this.#chunks.push([...entries]);
    // Nothing is added to it.
    this.#bytes = Number.POSITIVE_INFINITY;
  }

  /** Whether one more entry could open a chunk beyond this number. */
  isFull(maxChunks: number): boolean {
    const last = this.#chunks.at(-1);
    const lastIsFull = last !== undefined && (last.length >= this.#maxInstances || this.#bytes >= this.#maxBytes);
    return this.#chunks.length > maxChunks || (this.#chunks.length === maxChunks && lastIsFull);
  }

  get chunks(): readonly (readonly PlanEntry[])[] {
    return this.#chunks;
  }
}

/** Packs what has to be tried again: as thinly as one page allows, so that what fails together is little. */
export function packThinly(entries: readonly PlanEntry[]): readonly (readonly PlanEntry[])[] {
  const packer = new ChunkPacker(Math.max(1, Math.ceil(entries.length / PAGE_CHUNKS)));
  for (const entry of entries) packer.add(entry);
  return packer.chunks;
}

/** The object of a plan page, its chunks' first states with their places in that object, and the place of what is held back. */
export function encodePage(
  chunks: readonly (readonly PlanEntry[])[],
  held: readonly FileEntry[] = [],
): {
  readonly body: Uint8Array;
  readonly states: ChunkState[];
  readonly held?: NonNullable<PlanPage['held']>;
} {
  const states: ChunkState[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const entries of chunks) {
    const part = linesOf(entries);
    const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
    states.push({
      offset,
      length: part.length,
      instances: entries.length,
      bytes,
      state: 'planned',
      started: 0,
      returned: 0,
      crashes: 0,
    });
    parts.push(part);
    offset += part.length;
  }
  const tail = linesOf(held);
  parts.push(tail);
  const body = new Uint8Array(offset + tail.length);
  let at = 0;
  for (const part of parts) {
    body.set(part, at);
    at += part.length;
  }
  if (held.length === 0) return { body, states };
  return { body, states, held: { offset, length: tail.length, files: held.length } };
}

function linesOf(entries: readonly PlanEntry[]): Uint8Array {
  return new TextEncoder().encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}

/** What the entries of a page take back from the sums: the final outcomes that they had in earlier rounds. */
export function replacedBy(entries: Iterable<PlanEntry>): Counts {
  let counts = NO_COUNTS;
  for (const { prior } of entries) if (prior) counts = addCounts(counts, countRow(prior));
  return counts;
}
