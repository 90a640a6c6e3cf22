import type { OrthancId } from '../core/ids.ts';

/** So many different instances failing alike, one after the other and nothing else between, speak of the server and not of the instances. */
const SUSPICIOUS = 8;

/** Watches for an endpoint that fails everything although it answers `/system`. */
export class Streak {
  #kind = '';
  readonly #instances = new Set<OrthancId>();

  succeeded(): void {
    this.#kind = '';
    this.#instances.clear();
  }

  /** `true` when this failure makes it an outage. The streak then begins anew. */
  failed(instance: OrthancId, kind: string): boolean {
    if (kind !== this.#kind) this.succeeded();
    this.#kind = kind;
    this.#instances.add(instance);
    if (this.#instances.size < SUSPICIOUS) return false;
    this.succeeded();
    return true;
  }
}
