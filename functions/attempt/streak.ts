import type { ItemId } from '../core/ids.ts';

/** So many different items failing alike, one after the other and nothing else between, speak of the server and not of the items. */
const SUSPICIOUS = 8;

/** Watches for an endpoint that fails everything although it answers `/system`. */
export class Streak {
  #kind = '';
  readonly #items = new Set<ItemId>();

  succeeded(): void {
    this.#kind = '';
    this.#items.clear();
  }

  /** `true` when this failure makes it an outage. The streak then begins anew. */
  failed(item: ItemId, kind: string): boolean {
    if (kind !== this.#kind) this.succeeded();
    this.#kind = kind;
    this.#items.add(item);
    if (this.#items.size < SUSPICIOUS) return false;
    this.succeeded();
    return true;
  }
}
