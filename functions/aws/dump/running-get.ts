import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { DumpError } from '../../core/dump.ts';
import { type ObjectPart, pieces } from '../s3/pieces.ts';

/** What stays at hand of the bytes before those that are read: who reads a ZIP archive steps back by a few. */
const KEPT_BYTES = 64 * 1024;
/** What is left of a range is rather read than cut off with its connection. */
const DRAINED_BYTES = 64 * 1024;

/** One range of an object as it comes in: as fast as it is read, and little of it is in memory. */
export class RunningGet {
  /** Where the range ends (exclusive). */
  readonly end: number;
  /** Bytes of the range, from its beginning. */
  readonly length: number;
  readonly #pieces: AsyncIterator<Uint8Array>;
  #kept: Uint8Array[] = [];
  /** Where the first kept piece begins. */
  #from: number;
  #at: number;

  constructor(get: (part: ObjectPart) => Promise<GetObjectCommandOutput>, from: number, end: number) {
    this.#pieces = pieces(get, { offset: from, length: end - from })[Symbol.asyncIterator]();
    this.#from = from;
    this.#at = from;
    this.end = end;
    this.length = end - from;
  }

  /** Where the next piece begins. */
  get at(): number {
    return this.#at;
  }

  /** Copies what is at hand of the bytes at this position; how many. */
  copy(into: Uint8Array, position: number): number {
    let start = this.#from;
    for (const piece of this.#kept) {
      const offset = position - start;
      if (offset >= 0 && offset < piece.length) {
        const part = piece.subarray(offset, offset + into.length);
        into.set(part);
        return part.length;
      }
      start += piece.length;
    }
    return 0;
  }

  /** Fetches the next piece, for whoever reads at this position. Raises `FILE_CHANGED` where the range gives more or less than it should, and what the client raises. */
  async pull(position: number): Promise<void> {
    const { value, done } = await this.#pieces.next();
    if (done || this.#at + value.length > this.end) throw otherLength();
    this.#keep(value, position);
    if (this.#at < this.end) return;
    // What is wrong with the whole shows at its end, and only then its connection is free for others.
    if (!(await this.#pieces.next()).done) throw otherLength();
  }

  async close(): Promise<void> {
    try {
      // What was never begun cannot be ended: its connection would stay open.
      if (this.#kept.length === 0) await this.pull(this.#at);
      while (this.#at < this.end && this.end - this.#at <= DRAINED_BYTES) await this.pull(this.#at);
    } catch {
      // Nobody wants these bytes.
    }
    await this.#pieces.return?.();
  }

  #keep(piece: Uint8Array, position: number): void {
    this.#kept.push(piece);
    this.#at += piece.length;
    for (let [first] = this.#kept; first && this.#from + first.length <= position - KEPT_BYTES; [first] = this.#kept) {
      this.#kept.shift();
      this.#from += first.length;
    }
  }
}

function otherLength(): DumpError {
  return new DumpError('FILE_CHANGED', 'an object of the dump gave another number of bytes than it should');
}
