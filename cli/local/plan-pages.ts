import { changedChunk, closedChunk, pageWithChunk, queuedPage } from '../../functions/core/chunk-state.ts';
import type { ChunkRef, JobId } from '../../functions/core/ids.ts';
import type { PlanPage } from '../../functions/core/plan.ts';
import type { ChunkChange, Closure } from '../../functions/core/ports.ts';
import type { Database } from './database.ts';

interface PageRow {
  readonly body: string;
}

/** The pages of all plans, one row each, as in the item of a page on DynamoDB. */
export class PlanPages {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  put(page: PlanPage): PlanPage {
    const sql = 'INSERT INTO pages (job, round, page, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    this.#database.run(sql, page.job, page.round, page.page, JSON.stringify(page));
    return this.get(page.job, page.round, page.page) ?? page;
  }

  get(job: JobId, round: number, page: number): PlanPage | undefined {
    const sql = 'SELECT body FROM pages WHERE job = ? AND round = ? AND page = ?';
    const row = this.#database.get<PageRow>(sql, job, round, page);
    return row && this.#database.json<PlanPage>(row.body);
  }

  list(job: JobId, round: number, from: number, limit: number): PlanPage[] {
    const sql = 'SELECT body FROM pages WHERE job = ? AND round = ? AND page >= ? ORDER BY page LIMIT ?';
    return this.#database
      .all<PageRow>(sql, job, round, from, limit)
      .map(({ body }) => this.#database.json<PlanPage>(body));
  }

  changeChunk(ref: ChunkRef, change: ChunkChange): PlanPage | undefined {
    return this.#update(ref, (page) => pageWithChunk(page, ref.chunk, (chunk) => changedChunk(chunk, change)));
  }

  closeChunk(ref: ChunkRef, closure: Closure): boolean {
    const closed = this.#update(ref, (page) => pageWithChunk(page, ref.chunk, (chunk) => closedChunk(chunk, closure)));
    return closed !== undefined;
  }

  queued(job: JobId, round: number, page: number, at: number): void {
    this.#update({ job, round, page }, (stored) => queuedPage(stored, at));
  }

  harvested(job: JobId, round: number, page: number): boolean {
    const marked = this.#update({ job, round, page }, (stored) =>
      stored.harvested ? undefined : { ...stored, harvested: true },
    );
    return marked !== undefined;
  }

  /** Replaces a page by what `change` makes of it, unless that is nothing. */
  #update(at: Omit<ChunkRef, 'chunk'>, change: (page: PlanPage) => PlanPage | undefined): PlanPage | undefined {
    return this.#database.transaction(() => {
      const before = this.get(at.job, at.round, at.page);
      const after = before && change(before);
      if (!after) return undefined;
      const sql = 'UPDATE pages SET body = ? WHERE job = ? AND round = ? AND page = ?';
      this.#database.run(sql, JSON.stringify(after), at.job, at.round, at.page);
      return after;
    });
  }
}
