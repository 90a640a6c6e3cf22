import { FatalError } from '../../core/errors.ts';
import type { FileKey } from '../../core/ids.ts';

const LINE_FEED = 0x0a;

/** Keys one a line, kept as the bytes that they came in: there may be millions. */
export class ListedNames {
  readonly #bytes: Buffer;
  /** Where the line of a key begins that was given out last: a reader goes on near it. */
  readonly #given = new Map<FileKey, number>();

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Raises `JOB_DAMAGED` when there is no such key to go on after. */
  *after(key: FileKey | undefined): Generator<FileKey> {
    const from = key === undefined ? 0 : this.#behind(key);
    for (const [name, start] of this.#lines(from)) {
      this.#given.set(name, start);
      const [oldest] = this.#given.keys();
      if (this.#given.size > 1000 && oldest !== undefined) this.#given.delete(oldest);
      yield name;
    }
  }

  #behind(key: FileKey): number {
    for (const [name, start] of this.#lines(this.#given.get(key) ?? 0))
      if (name === key) return start + Buffer.byteLength(name) + 1;
    throw new FatalError('JOB_DAMAGED', 'the list of objects to import is not the one that the job began with');
  }

  *#lines(from: number): Generator<readonly [FileKey, number]> {
    for (let start = from; start < this.#bytes.length; ) {
      const end = this.#bytes.indexOf(LINE_FEED, start);
      const line = this.#bytes.toString('utf8', start, end < 0 ? undefined : end) as FileKey;
      if (line !== '') yield [line, start];
      start = end < 0 ? this.#bytes.length : end + 1;
    }
  }
}
