import { eachBounded } from '../core/bounded.ts';
import type { OrthancId } from '../core/ids.ts';
import type { InstanceSearch } from './instance-search.ts';
import type { Recorded } from './server.ts';

/** UIDs in one question. Up to so many a server takes 50 µs for each that is there, and three times as much with 200 (1.13.0, SQLite). */
const AT_ONCE = 40;
const CONCURRENT = 4;

/** Looks up instances by their SOPInstanceUIDs, whatever studies they are in, on servers whose searches tell size and MD5. */
export class UidFinder {
  readonly #search: InstanceSearch;

  constructor(search: InstanceSearch) {
    this.#search = search;
  }

  isUsable(): Promise<boolean> {
    return this.#search.findsByUid();
  }

  /**
   * Adds what it learns to `known`.
   *
   * @returns those that the server very likely has not: an answer that has been cut has something in it, theirs had nothing.
   */
  async add(uids: ReadonlyMap<OrthancId, string>, known: Map<OrthancId, Recorded>): Promise<ReadonlySet<OrthancId>> {
    const absent = new Set<OrthancId>();
    if (uids.size === 0 || !(await this.isUsable())) return absent;
    const all = [...uids.keys()];
    const parts = Array.from({ length: Math.ceil(all.length / AT_ONCE) }, (_, part) =>
      all.slice(part * AT_ONCE, (part + 1) * AT_ONCE),
    );
    await eachBounded(parts, CONCURRENT, (part) => this.#addPart(part, uids, known, absent));
    return absent;
  }

  /** Asks for those that are left until an answer is empty, or brings nothing new. */
  async #addPart(
    ids: readonly OrthancId[],
    uids: ReadonlyMap<OrthancId, string>,
    known: Map<OrthancId, Recorded>,
    absent: Set<OrthancId>,
  ): Promise<void> {
    let left = ids;
    while (left.length > 0) {
      const asked = [...new Set(left.flatMap((id) => uids.get(id) ?? []))];
      const rows = await this.#search.addByUid(asked, new Set(left), known);
      if (rows === 0) for (const id of left) absent.add(id);
      const before = left.length;
      left = left.filter((id) => !known.has(id));
      if (!rows || left.length === before) return;
    }
  }
}
