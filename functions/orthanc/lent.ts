import type { Endpoint } from '../core/endpoint.ts';

/** Something that is open towards servers. */
interface Closable {
  close(): Promise<void>;
}

interface Entry<T> {
  /** What it was opened with. */
  readonly endpoints: readonly Endpoint[];
  readonly opening: Promise<T>;
  users: number;
}

/**
 * What is opened once by its key, and lent out. When an endpoint is another object than the one it was opened with (its credentials
 * were renewed), the next borrower gets a new one, and the old one is closed when its last borrower is done.
 */
export class Lent<T extends Closable> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #retired = new Set<Entry<T>>();
  #closed = false;

  async use<R>(
    key: string,
    endpoints: readonly Endpoint[],
    open: () => Promise<T>,
    work: (opened: T) => Promise<R>,
  ): Promise<R> {
    if (this.#closed) throw new Error('the connections are closed');
    const entry = this.#current(key, endpoints, open);
    entry.users += 1;
    try {
      return await work(await entry.opening);
    } finally {
      entry.users -= 1;
      await this.#closeUnused(entry);
    }
  }

  /** Closes everything, in use or not. */
  async close(): Promise<void> {
    this.#closed = true;
    const entries = [...this.#entries.values(), ...this.#retired];
    this.#entries.clear();
    this.#retired.clear();
    const opened = await Promise.allSettled(entries.map(({ opening }) => opening));
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
  }

  #current(key: string, endpoints: readonly Endpoint[], open: () => Promise<T>): Entry<T> {
    const known = this.#entries.get(key);
    if (known?.endpoints.every((endpoint, n) => endpoint === endpoints[n])) return known;
    if (known) this.#retire(known);
    const entry: Entry<T> = { endpoints, opening: open(), users: 0 };
    this.#entries.set(key, entry);
    // A failed attempt is forgotten.
    entry.opening.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    return entry;
  }

  #retire(entry: Entry<T>): void {
    this.#retired.add(entry);
    void this.#closeUnused(entry);
  }

  async #closeUnused(entry: Entry<T>): Promise<void> {
    if (entry.users > 0 || !this.#retired.delete(entry)) return;
    const [opened] = await Promise.allSettled([entry.opening]);
    if (opened.status === 'fulfilled') await opened.value.close();
  }
}
