import type { EndpointName } from '../../functions/core/ids.ts';
import type { Database } from './database.ts';

/** An item of one endpoint that is changed only by compare-and-set on its revision; 0 = none stored. */
interface Revised {
  readonly endpoint: EndpointName;
  readonly revision: number;
}

/** One table of such items. */
export class EndpointItems<T extends Revised> {
  readonly #database: Database;
  readonly #table: 'gates' | 'limits';

  constructor(database: Database, table: 'gates' | 'limits') {
    this.#database = database;
    this.#table = table;
  }

  get(endpoint: EndpointName): T | undefined {
    const row = this.#database.get<{ body: string }>(`SELECT body FROM ${this.#table} WHERE endpoint = ?`, endpoint);
    return row && this.#database.json<T>(row.body);
  }

  /** Stores `next` with `revision + 1` if the stored revision is that of `next`. */
  update(next: T): boolean {
    const body = JSON.stringify({ ...next, revision: next.revision + 1 });
    if (next.revision === 0) {
      const sql = `INSERT INTO ${this.#table} (endpoint, revision, body) VALUES (?, 1, ?) ON CONFLICT DO NOTHING`;
      return this.#database.run(sql, next.endpoint, body) === 1;
    }
    const sql = `UPDATE ${this.#table} SET revision = revision + 1, body = ? WHERE endpoint = ? AND revision = ?`;
    return this.#database.run(sql, body, next.endpoint, next.revision) === 1;
  }
}
