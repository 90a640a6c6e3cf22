import { messageOf } from '../../../functions/core/errors.ts';
import { systemCode } from '../state-error.ts';
import type { BytePath } from './byte-path.ts';
import type { IndexChain } from './index-chain.ts';
import { copyIndex, type IndexCopy } from './index-copy.ts';
import { IndexReader } from './index-reader.ts';
import type { IndexRow } from './index-table.ts';

/** Copies that are kept at a time; a walk goes through one folder after the other. */
const MOST_OPEN = 4;

export interface OpenIndex {
  readonly copy: IndexCopy;
  /** `undefined` when it cannot be read after all. */
  lookUp(uuids: readonly string[]): Promise<readonly IndexRow[] | undefined>;
}

/** The indexes of folders, copied and opened when they are first needed. For one caller at a time. */
export class Indexes {
  readonly #temporary: string;
  readonly #warn: (message: string) => void;
  /** By folder; `undefined` for what is no index. The one used last is the last. */
  readonly #known = new Map<BytePath, { readonly index: OpenIndex; readonly reader: IndexReader } | undefined>();

  /** @param temporary is a folder for the copies, made when it is needed. */
  constructor(temporary: string, warn: (message: string) => void) {
    this.#temporary = temporary;
    this.#warn = warn;
  }

  /** The innermost one that can be read. */
  async nearest(chain: IndexChain): Promise<OpenIndex | undefined> {
    for (let place: IndexChain | undefined = chain; place; place = place.outer) {
      const known = this.#known.has(place.folder) ? this.#known.get(place.folder) : await this.#open(place.folder);
      this.#known.delete(place.folder);
      this.#known.set(place.folder, known);
      if (known) {
        await this.#closeOldest();
        return known.index;
      }
    }
    return undefined;
  }

  async close(): Promise<void> {
    for (const folder of [...this.#known.keys()]) await this.#close(folder);
  }

  async #open(folder: BytePath): Promise<{ index: OpenIndex; reader: IndexReader } | undefined> {
    try {
      const copy = await copyIndex(folder, this.#temporary);
      if (!copy) return undefined;
      const reader = await IndexReader.open(copy.file).finally(() => copy.remove());
      return { reader, index: { copy, lookUp: (uuids) => this.#lookUp(folder, reader, uuids) } };
    } catch (error) {
      this.#explain(error);
      return undefined;
    }
  }

  async #lookUp(
    folder: BytePath,
    reader: IndexReader,
    uuids: readonly string[],
  ): Promise<readonly IndexRow[] | undefined> {
    try {
      return await reader.lookUp(uuids);
    } catch (error) {
      this.#explain(error);
      await this.#close(folder);
      this.#known.set(folder, undefined);
      return undefined;
    }
  }

  async #closeOldest(): Promise<void> {
    const open = [...this.#known].filter(([, known]) => known);
    for (const [folder] of open.slice(0, -MOST_OPEN)) await this.#close(folder);
  }

  async #close(folder: BytePath): Promise<void> {
    const known = this.#known.get(folder);
    this.#known.delete(folder);
    await known?.reader.close();
  }

  #explain(error: unknown): void {
    // The text of an error of the file system names the file.
    const system = /^E[A-Z0-9]+$/.exec(systemCode(error) ?? '')?.[0];
    this.#warn(`the index beside the files cannot be read: ${system ?? messageOf(error)}; their content alone decides`);
  }
}
