import { setImmediate } from 'node:timers/promises';
import type { ChunkRef, EndpointName, ItemId, JobId, OrthancId } from '../../functions/core/ids.ts';
import { type Checkpoint, isOpen, type Job } from '../../functions/core/job.ts';
import type { PlanPage } from '../../functions/core/plan.ts';
import type {
  Arrival,
  ChunkChange,
  Claim,
  Closure,
  Finding,
  Gate,
  JobStore,
  Limits,
} from '../../functions/core/ports.ts';
import { Claims } from './claims.ts';
import type { Database } from './database.ts';
import { EndpointItems } from './endpoint-items.ts';
import { Findings } from './findings.ts';
import { PlanPages } from './plan-pages.ts';

interface BodyRow {
  readonly body: string;
}

/** The job store of one machine. Methods raise `StateError` when the state file cannot be used. */
export class SqliteJobStore implements JobStore {
  readonly #database: Database;
  readonly #pages: PlanPages;
  readonly #findings: Findings;
  readonly #claims: Claims;
  readonly #gates: EndpointItems<Gate>;
  readonly #limits: EndpointItems<Limits>;

  constructor(database: Database) {
    this.#database = database;
    this.#pages = new PlanPages(database);
    this.#findings = new Findings(database);
    this.#claims = new Claims(database);
    this.#gates = new EndpointItems(database, 'gates');
    this.#limits = new EndpointItems(database, 'limits');
  }

  async createJob(job: Job): Promise<boolean> {
    const sql = 'INSERT INTO jobs (id, created_at, revision, open, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    const { id, createdAt, revision } = job;
    return this.#database.run(sql, id, createdAt, revision, Number(isOpen(job)), JSON.stringify(job)) === 1;
  }

  async job(id: JobId): Promise<Job | undefined> {
    const row = this.#database.get<BodyRow>('SELECT body FROM jobs WHERE id = ?', id);
    return row && this.#database.json<Job>(row.body);
  }

  async jobs(): Promise<readonly Job[]> {
    const rows = this.#database.all<BodyRow>('SELECT body FROM jobs ORDER BY created_at DESC, id DESC');
    return rows.map((row) => this.#database.json<Job>(row.body));
  }

  async openJobs(): Promise<readonly Job[]> {
    const rows = this.#database.all<BodyRow>('SELECT body FROM jobs WHERE open = 1 ORDER BY created_at DESC, id DESC');
    return rows.map((row) => this.#database.json<Job>(row.body));
  }

  async updateJob(next: Job): Promise<boolean> {
    const body = JSON.stringify({ ...next, revision: next.revision + 1 });
    const sql = 'UPDATE jobs SET revision = revision + 1, open = ?, body = ? WHERE id = ? AND revision = ?';
    return this.#database.run(sql, Number(isOpen(next)), body, next.id, next.revision) === 1;
  }

  async createCheckpoint(checkpoint: Checkpoint): Promise<boolean> {
    const { job, round, revision } = checkpoint;
    const sql = 'INSERT INTO checkpoints (job, round, revision, body) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    return this.#database.run(sql, job, round, revision, JSON.stringify(checkpoint)) === 1;
  }

  async checkpoint(job: JobId, round: number): Promise<Checkpoint | undefined> {
    const sql = 'SELECT body FROM checkpoints WHERE job = ? AND round = ?';
    const row = this.#database.get<BodyRow>(sql, job, round);
    return row && this.#database.json<Checkpoint>(row.body);
  }

  async updateCheckpoint(next: Checkpoint): Promise<boolean> {
    const body = JSON.stringify({ ...next, revision: next.revision + 1 });
    const sql = 'UPDATE checkpoints SET revision = revision + 1, body = ? WHERE job = ? AND round = ? AND revision = ?';
    return this.#database.run(sql, body, next.job, next.round, next.revision) === 1;
  }

  async putPage(page: PlanPage): Promise<PlanPage> {
    return this.#pages.put(page);
  }

  async page(job: JobId, round: number, page: number): Promise<PlanPage | undefined> {
    return this.#pages.get(job, round, page);
  }

  async pages(job: JobId, round: number, from: number, limit: number): Promise<readonly PlanPage[]> {
    const pages = this.#pages.list(job, round, from, limit);
    // Who reads on through a long plan must not keep the process from its transfers meanwhile.
    if (pages.length === limit) await setImmediate();
    return pages;
  }

  async changeChunk(ref: ChunkRef, change: ChunkChange): Promise<PlanPage | undefined> {
    return this.#pages.changeChunk(ref, change);
  }

  async pageQueued(job: JobId, round: number, page: number, at: number): Promise<void> {
    this.#pages.queued(job, round, page, at);
  }

  async closeChunk(ref: ChunkRef, closure: Closure): Promise<boolean> {
    return this.#pages.closeChunk(ref, closure);
  }

  async markHarvested(job: JobId, round: number, page: number): Promise<boolean> {
    return this.#pages.harvested(job, round, page);
  }

  async putFinding(finding: Finding): Promise<boolean> {
    return this.#findings.put(finding);
  }

  async finding(job: JobId, item: ItemId): Promise<Finding | undefined> {
    return this.#findings.get(job, item);
  }

  async findings(job: JobId, after: ItemId | undefined, limit: number): Promise<readonly Finding[]> {
    return this.#findings.list(job, after, limit);
  }

  async reopenFinding(job: JobId, item: ItemId, round: number): Promise<boolean> {
    return this.#findings.reopen(job, item, round);
  }

  async redriveFinding(job: JobId, item: ItemId, round: number): Promise<boolean> {
    return this.#findings.redrive(job, item, round);
  }

  async appendArrival(job: JobId, number: number, arrival: Arrival): Promise<boolean> {
    const sql = 'INSERT INTO arrivals (job, number, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';
    return this.#database.run(sql, job, number, JSON.stringify(arrival)) === 1;
  }

  async arrivals(job: JobId, from: number, limit: number): Promise<readonly Arrival[]> {
    const sql = 'SELECT body FROM arrivals WHERE job = ? AND number >= ? ORDER BY number LIMIT ?';
    return this.#database.all<BodyRow>(sql, job, from, limit).map((row) => this.#database.json<Arrival>(row.body));
  }

  async claim(
    job: JobId,
    claims: readonly { readonly instance: OrthancId; readonly claim: Claim }[],
  ): Promise<readonly (readonly Claim[])[]> {
    return this.#database.transaction(() =>
      claims.map(({ instance, claim }) => this.#claims.add(job, instance, claim)),
    );
  }

  async claims(job: JobId, instances: readonly OrthancId[]): Promise<readonly (readonly Claim[])[]> {
    return instances.map((instance) => this.#claims.get(job, instance));
  }

  async gate(endpoint: EndpointName): Promise<Gate> {
    return this.#gates.get(endpoint) ?? { endpoint, revision: 0, state: 'open', probes: 0 };
  }

  async updateGate(next: Gate): Promise<boolean> {
    return this.#gates.update(next);
  }

  async limits(endpoint: EndpointName): Promise<Limits | undefined> {
    return this.#limits.get(endpoint);
  }

  async updateLimits(next: Limits): Promise<boolean> {
    return this.#limits.update(next);
  }

  async takeLease(name: string, holder: string, now: number, durationMs: number): Promise<boolean> {
    const sql = `INSERT INTO leases (name, holder, expires_at) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
      WHERE leases.holder = excluded.holder OR leases.expires_at <= ?`;
    return this.#database.run(sql, name, holder, now + durationMs, now) === 1;
  }

  async releaseLease(name: string, holder: string): Promise<void> {
    this.#database.run('DELETE FROM leases WHERE name = ? AND holder = ?', name, holder);
  }

  async leaseHolder(name: string, now: number): Promise<string | undefined> {
    const sql = 'SELECT holder FROM leases WHERE name = ? AND expires_at > ?';
    return this.#database.get<{ holder: string }>(sql, name, now)?.holder;
  }
}
