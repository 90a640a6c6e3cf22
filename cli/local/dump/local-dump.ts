import { type Dump, DumpError, type DumpFile, type DumpItem, type IndexFact } from '../../../functions/core/dump.ts';
import type { FileKey } from '../../../functions/core/ids.ts';
import { type BytePath, comparePaths, keyOf, pathOf } from './byte-path.ts';
import { indexChainOf } from './index-chain.ts';
import { indexFacts } from './index-facts.ts';
import { openLocalFile } from './local-file.ts';
import { look } from './look.ts';
import { Indexes } from './open-indexes.ts';
import { PausedList } from './paused-list.ts';
import { Starts } from './starts.ts';
import { type Found, walk } from './walk.ts';

/** What to read: folders and files as `checkRoots` gives them, or a list of names as `pathKeys` gives it. */
export type LocalSource = { readonly roots: readonly FileKey[] } | { readonly names: readonly FileKey[] };

export interface LocalDumpOptions {
  /** A folder, private to the user, for copies of indexes; made when it is needed. */
  readonly temporary: string;
  /** Told once for each index that cannot be read. The message names no file. */
  readonly onWarning: (message: string) => void;
}

/**
 * A dump on this machine's file system. Nothing is read until it is listed.
 *
 * `list` raises `DumpError` when it is to go on within a folder that can no longer be listed, and `Postponed` while the system
 * has no file handles left; `open` raises the latter, too.
 */
export function openLocalDump(source: LocalSource, options: LocalDumpOptions): Dump {
  return new LocalDump(new Starts('names' in source ? source.names : inOrder(source.roots)), options);
}

/** A disk has a queue of about this length. */
const AHEAD = 16;

class LocalDump implements Dump {
  readonly ahead = AHEAD;
  readonly near = true;
  readonly #starts: Starts;
  readonly #indexes: Indexes;
  /** The listing that its reader left last. */
  #paused: PausedList | undefined;
  /** Of looking up: one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(starts: Starts, options: LocalDumpOptions) {
    this.#starts = starts;
    this.#indexes = new Indexes(options.temporary, options.onWarning);
  }

  async *list(after?: FileKey): AsyncGenerator<DumpItem> {
    const paused = this.#paused;
    this.#paused = undefined;
    const list = after !== undefined && paused?.goOn(after) ? paused : new PausedList(this.#items(after));
    for (let item = await list.next(); item; item = await list.next()) {
      // Only a reader who leaves at an item finds it again: after an error or the end there is nothing to go on with.
      let left = true;
      try {
        yield item;
        left = false;
      } finally {
        if (left) this.#pause(list);
      }
    }
  }

  async item(key: FileKey): Promise<DumpItem> {
    const path = pathOf(key);
    const seen = await look(path);
    if (!seen) throw new DumpError('FILE_VANISHED', 'a file of the dump is no longer there');
    // A folder is listed only when it cannot be read; once it can, its content is for another job, which lists it.
    if (seen.kind === 'folder') return { kind: 'problem', key, code: 'FILE_UNREADABLE' };
    if (seen.kind === 'problem') return { kind: 'problem', key, code: seen.code };
    const [start] = this.#starts.above(path);
    const indexes = start === undefined ? undefined : await indexChainOf(path, start);
    const found: Found = { ...seen, path, indexes };
    return itemOf(found, (await this.#facts([found])).get(found));
  }

  async open(key: FileKey): Promise<DumpFile> {
    return openLocalFile(pathOf(key));
  }

  async close(): Promise<void> {
    this.#paused = undefined;
    await this.#inTurn(() => this.#indexes.close());
  }

  async *#items(after: FileKey | undefined): AsyncGenerator<DumpItem> {
    const last = after === undefined ? undefined : pathOf(after);
    for await (const batch of walk(this.#starts, last)) {
      const facts = await this.#facts(batch);
      for (const found of batch) yield itemOf(found, facts.get(found));
    }
  }

  #pause(list: PausedList): void {
    list.pause();
    this.#paused = list;
  }

  #facts(batch: readonly Found[]): Promise<ReadonlyMap<Found, IndexFact>> {
    const files = batch.filter((found) => found.kind === 'file' && found.indexes !== undefined);
    return this.#inTurn(() => indexFacts(files as Extract<Found, { kind: 'file' }>[], this.#indexes));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function itemOf(found: Found, index: IndexFact | undefined): DumpItem {
  const key = keyOf(found.path);
  if (found.kind === 'problem') return { kind: 'problem', key, code: found.code };
  return { kind: 'object', key, size: found.size, version: found.version, ...(index ? { index } : {}) };
}

/** Sorted, and each once. */
function inOrder(keys: readonly FileKey[]): readonly FileKey[] {
  return [...new Set(keys.map(pathOf))].sort(comparePaths).map((path: BytePath) => keyOf(path));
}
