import type { JobId, OrthancId } from '../../functions/core/ids.ts';
import type { OutcomeRow } from '../../functions/core/outcome.ts';
import type { Finding } from '../../functions/core/ports.ts';
import type { Database } from './database.ts';

interface FindingRow {
  readonly job: JobId;
  readonly instance: OrthancId;
  readonly round: number;
  readonly reopened: number;
  readonly row: string;
}

const COLUMNS = 'job, instance, round, reopened, row';

export class Findings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put(finding: Finding): boolean {
    const sql = `INSERT INTO findings (${COLUMNS}) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET round = excluded.round, reopened = excluded.reopened, row = excluded.row
      WHERE excluded.round > findings.round`;
    const { job, instance, round, reopened, row } = finding;
    return this.#database.run(sql, job, instance, round, reopened ? 1 : 0, JSON.stringify(row)) === 1;
  }

  get(job: JobId, instance: OrthancId): Finding | undefined {
    const sql = `SELECT ${COLUMNS} FROM findings WHERE job = ? AND instance = ?`;
    const row = this.#database.get<FindingRow>(sql, job, instance);
    return row && this.#parsed(row);
  }

  list(job: JobId, after: OrthancId | undefined, limit: number): Finding[] {
    const sql = `SELECT ${COLUMNS} FROM findings WHERE job = ? AND instance > ? ORDER BY instance LIMIT ?`;
    return this.#database.all<FindingRow>(sql, job, after ?? '', limit).map((row) => this.#parsed(row));
  }

  reopen(job: JobId, instance: OrthancId, round: number): boolean {
    const sql = 'UPDATE findings SET reopened = 1 WHERE job = ? AND instance = ? AND round = ?';
    return this.#database.run(sql, job, instance, round) === 1;
  }

  #parsed({ job, instance, round, reopened, row }: FindingRow): Finding {
    return { job, instance, round, row: this.#database.json<OutcomeRow>(row), reopened: reopened === 1 };
  }
}
