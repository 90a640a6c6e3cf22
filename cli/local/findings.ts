import type { ItemId, JobId } from '../../functions/core/ids.ts';
import type { OutcomeRow } from '../../functions/core/outcome.ts';
import type { Finding } from '../../functions/core/ports.ts';
import type { Database } from './database.ts';

interface FindingRow {
  readonly job: JobId;
  readonly item: ItemId;
  readonly round: number;
  readonly reopened: number;
  readonly redriven: number;
  readonly row: string;
}

const COLUMNS = 'job, item, round, reopened, redriven, row';

export class Findings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put(finding: Finding): boolean {
    const sql = `INSERT INTO findings (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET round = excluded.round, reopened = excluded.reopened, redriven = excluded.redriven,
        row = excluded.row
      WHERE excluded.round > findings.round`;
    const { job, item, round, reopened, redriven, row } = finding;
    const flags = [reopened ? 1 : 0, redriven ? 1 : 0];
    return this.#database.run(sql, job, item, round, ...flags, JSON.stringify(row)) === 1;
  }

  get(job: JobId, item: ItemId): Finding | undefined {
    const sql = `SELECT ${COLUMNS} FROM findings WHERE job = ? AND item = ?`;
    const row = this.#database.get<FindingRow>(sql, job, item);
    return row && this.#parsed(row);
  }

  list(job: JobId, after: ItemId | undefined, limit: number): Finding[] {
    const sql = `SELECT ${COLUMNS} FROM findings WHERE job = ? AND item > ? ORDER BY item LIMIT ?`;
    return this.#database.all<FindingRow>(sql, job, after ?? '', limit).map((row) => this.#parsed(row));
  }

  reopen(job: JobId, item: ItemId, round: number): boolean {
    const sql = 'UPDATE findings SET reopened = 1 WHERE job = ? AND item = ? AND round = ?';
    return this.#database.run(sql, job, item, round) === 1;
  }

  redrive(job: JobId, item: ItemId, round: number): boolean {
    const sql = 'UPDATE findings SET redriven = 1 WHERE job = ? AND item = ? AND round = ? AND reopened = 0';
    return this.#database.run(sql, job, item, round) === 1;
  }

  #parsed({ job, item, round, reopened, redriven, row }: FindingRow): Finding {
    return {
      ...{ job, item, round, row: this.#database.json<OutcomeRow>(row), reopened: reopened === 1 },
      ...(redriven === 1 && { redriven: true }),
    };
  }
}
