import { MigrationError } from '../../../functions/core/errors.ts';
import type { FileKey } from '../../../functions/core/ids.ts';
import { type BytePath, comparePaths, foldersOf, isBelow, pathOf } from './byte-path.ts';

/** What the user named, in the order of a walk, each once. */
export class Starts {
  readonly #keys: readonly FileKey[];

  constructor(keys: readonly FileKey[]) {
    this.#keys = keys;
  }

  has(path: BytePath): boolean {
    const key = this.#keys[this.#search((other) => comparePaths(other, path) >= 0)];
    return key !== undefined && pathOf(key) === path;
  }

  /** Those that the path lies below, the outermost first: a walk comes to it from the first one that is a folder. */
  above(path: BytePath): readonly BytePath[] {
    return ['/' as BytePath, ...foldersOf(path)].filter((folder) => folder !== path && this.has(folder));
  }

  after(path: BytePath | undefined): StartsLeft {
    const from = path === undefined ? 0 : this.#search((other) => comparePaths(other, path) > 0);
    return new StartsLeft(this.#keys, from, (folder) =>
      this.#search((other) => comparePaths(other, folder) > 0 && !isBelow(other, folder)),
    );
  }

  /** The first position from which on `reached` holds. */
  #search(reached: (path: BytePath) => boolean): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (reached(pathOf(this.#keys[middle] as FileKey))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export class StartsLeft {
  readonly #keys: readonly FileKey[];
  readonly #behind: (folder: BytePath) => number;
  #at: number;
  #last: BytePath | undefined;

  constructor(keys: readonly FileKey[], from: number, behind: (folder: BytePath) => number) {
    this.#keys = keys;
    this.#at = from;
    this.#behind = behind;
  }

  /** The next ones, at most `count`; none at the end. Raises `NAMES_NOT_SORTED`. */
  take(count: number): readonly BytePath[] {
    const taken = this.#keys.slice(this.#at, this.#at + count).map(pathOf);
    this.#at += taken.length;
    for (const path of taken) this.#check(path);
    return taken;
  }

  /** Leaves out what lies below the folder. */
  skipBelow(folder: BytePath): void {
    this.#at = Math.max(this.#at, this.#behind(folder));
  }

  /** In another order the walk would leave something out. */
  #check(path: BytePath): void {
    if (this.#last !== undefined && comparePaths(this.#last, path) >= 0)
      throw new MigrationError('NAMES_NOT_SORTED', 'the list of names is not in the order that it was made in');
    this.#last = path;
  }
}
