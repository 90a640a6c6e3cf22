import type { DumpItem } from '../../../functions/core/dump.ts';
import type { FileKey } from '../../../functions/core/ids.ts';

/** Items that are kept for a reader who has looked further than it goes on from. */
const KEPT = 256;
/** Milliseconds after which what was read of folders is too old. */
const MAX_AGE_MS = 30_000;

/**
 * A listing that stays where its reader left it: an enumeration lists page after page, and reading a folder of millions of files
 * anew for each page would take longer than all the rest.
 */
export class PausedList {
  readonly #items: AsyncIterator<DumpItem>;
  #recent: DumpItem[] = [];
  /** The next of `#recent` to be given. */
  #next = 0;
  #pausedAt = 0;

  constructor(items: AsyncIterable<DumpItem>) {
    this.#items = items[Symbol.asyncIterator]();
  }

  async next(): Promise<DumpItem | undefined> {
    const known = this.#recent[this.#next];
    if (known) {
      this.#next++;
      return known;
    }
    const { value, done } = await this.#items.next();
    if (done) return undefined;
    if (this.#recent.length >= 2 * KEPT) this.#recent = this.#recent.slice(KEPT);
    this.#next = this.#recent.push(value);
    return value;
  }

  pause(): void {
    this.#pausedAt = performance.now();
  }

  /** Whether it can go on after that item. */
  goOn(after: FileKey): boolean {
    if (performance.now() - this.#pausedAt > MAX_AGE_MS) return false;
    const at = this.#recent.findLastIndex((item) => item.key === after);
    this.#next = at + 1;
    return at >= 0;
  }
}
