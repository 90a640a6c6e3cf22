import type { JobId, OrthancId } from '../../functions/core/ids.ts';
import type { Claim } from '../../functions/core/ports.ts';
import type { Database } from './database.ts';

export class Claims {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(job: JobId, instance: OrthancId, claim: Claim): readonly Claim[] {
    const before = this.get(job, instance);
    if (before.some(({ item }) => item === claim.item)) return before;
    const after = [...before, claim];
    const sql = `INSERT INTO claims (job, instance, body) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET body = excluded.body`;
    this.#database.run(sql, job, instance, JSON.stringify(after));
    return after;
  }

  get(job: JobId, instance: OrthancId): readonly Claim[] {
    const sql = 'SELECT body FROM claims WHERE job = ? AND instance = ?';
    const row = this.#database.get<{ body: string }>(sql, job, instance);
    return row ? this.#database.json<readonly Claim[]>(row.body) : [];
  }
}
