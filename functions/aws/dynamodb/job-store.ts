import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ChunkRef, EndpointName, ItemId, JobId, OrthancId } from '../../core/ids.ts';
import { type Checkpoint, isOpen, type Job } from '../../core/job.ts';
import type { PlanPage } from '../../core/plan.ts';
import type { Arrival, ChunkChange, Claim, Closure, Finding, Gate, JobStore, Limits } from '../../core/ports.ts';
import { appendArrival, readArrivals } from './arrivals.ts';
import { addClaims, type InstanceClaim, readClaims } from './claims.ts';
import { putFinding, readFinding, readFindings, redriveFinding, reopenFinding } from './findings.ts';
import { checkpointKey, gateKey, JOBS, jobKey, limitsKey } from './keys.ts';
import { leaseHolder, releaseLease, takeLease } from './leases.ts';
import { changeChunk, closeChunk, markHarvested, markQueued, putPage, readPage, readPages } from './plan-pages.ts';
import { queryIndex, queryItems } from './query.ts';
import { createRevised, readRevised, setRevised, updateRevised } from './revised.ts';
import { type Item, jsonOf } from './stored.ts';
import { OPEN_INDEX } from './table.ts';
import type { Table } from './table-access.ts';

/** The one value of the index's key. */
const OPEN = 'yes';

/**
 * The job store on AWS: one table, see table.ts. Raises `STORE_NEWER_VERSION` and `STORE_DAMAGED`, and
 * `STORE_UNAVAILABLE` once the client has tried as often as it was told to.
 */
export class DynamoJobStore implements JobStore {
  readonly #table: Table;

  constructor(client: DynamoDBClient, table: string) {
    this.#table = { client, name: table };
  }

  createJob(job: Job): Promise<boolean> {
    return createRevised(this.#table, jobKey(job.id), job, openness(job));
  }

  job(id: JobId): Promise<Job | undefined> {
    return readRevised<Job>(this.#table, jobKey(id));
  }

  async jobs(): Promise<readonly Job[]> {
    return newestFirst(await queryItems(this.#table, JOBS));
  }

  async openJobs(): Promise<readonly Job[]> {
    return newestFirst(await queryIndex(this.#table, OPEN_INDEX, OPEN));
  }

  updateJob(next: Job): Promise<boolean> {
    return updateRevised(this.#table, jobKey(next.id), next, openness(next));
  }

  createCheckpoint(checkpoint: Checkpoint): Promise<boolean> {
    return createRevised(this.#table, checkpointKey(checkpoint.job, checkpoint.round), checkpoint);
  }

  checkpoint(job: JobId, round: number): Promise<Checkpoint | undefined> {
    return readRevised<Checkpoint>(this.#table, checkpointKey(job, round));
  }

  updateCheckpoint(next: Checkpoint): Promise<boolean> {
    return updateRevised(this.#table, checkpointKey(next.job, next.round), next);
  }

  putPage(page: PlanPage): Promise<PlanPage> {
    return putPage(this.#table, page);
  }

  page(job: JobId, round: number, page: number): Promise<PlanPage | undefined> {
    return readPage(this.#table, job, round, page);
  }

  pages(job: JobId, round: number, from: number, limit: number): Promise<readonly PlanPage[]> {
    return readPages(this.#table, job, round, from, limit);
  }

  changeChunk(ref: ChunkRef, change: ChunkChange): Promise<PlanPage | undefined> {
    return changeChunk(this.#table, ref, change);
  }

  pageQueued(job: JobId, round: number, page: number, at: number): Promise<void> {
    return markQueued(this.#table, job, round, page, at);
  }

  closeChunk(ref: ChunkRef, closure: Closure): Promise<boolean> {
    return closeChunk(this.#table, ref, closure);
  }

  markHarvested(job: JobId, round: number, page: number): Promise<boolean> {
    return markHarvested(this.#table, job, round, page);
  }

  putFinding(finding: Finding): Promise<boolean> {
    return putFinding(this.#table, finding);
  }

  finding(job: JobId, item: ItemId): Promise<Finding | undefined> {
    return readFinding(this.#table, job, item);
  }

  findings(job: JobId, after: ItemId | undefined, limit: number): Promise<readonly Finding[]> {
    return readFindings(this.#table, job, after, limit);
  }

  reopenFinding(job: JobId, item: ItemId, round: number): Promise<boolean> {
    return reopenFinding(this.#table, job, item, round);
  }

  redriveFinding(job: JobId, item: ItemId, round: number): Promise<boolean> {
    return redriveFinding(this.#table, job, item, round);
  }

  appendArrival(job: JobId, number: number, arrival: Arrival): Promise<boolean> {
    return appendArrival(this.#table, job, number, arrival);
  }

  arrivals(job: JobId, from: number, limit: number): Promise<readonly Arrival[]> {
    return readArrivals(this.#table, job, from, limit);
  }

  claim(job: JobId, claims: readonly InstanceClaim[]): Promise<readonly (readonly Claim[])[]> {
    return addClaims(this.#table, job, claims);
  }

  claims(job: JobId, instances: readonly OrthancId[]): Promise<readonly (readonly Claim[])[]> {
    return readClaims(this.#table, job, instances);
  }

  async gate(endpoint: EndpointName): Promise<Gate> {
    const stored = await readRevised<Gate>(this.#table, gateKey(endpoint));
    return stored ?? { endpoint, revision: 0, state: 'open', probes: 0 };
  }

  updateGate(next: Gate): Promise<boolean> {
    return setRevised(this.#table, gateKey(next.endpoint), next);
  }

  limits(endpoint: EndpointName): Promise<Limits | undefined> {
    return readRevised<Limits>(this.#table, limitsKey(endpoint));
  }

  updateLimits(next: Limits): Promise<boolean> {
    return setRevised(this.#table, limitsKey(next.endpoint), next);
  }

  takeLease(name: string, holder: string, now: number, durationMs: number): Promise<boolean> {
    return takeLease(this.#table, name, holder, now, durationMs);
  }

  releaseLease(name: string, holder: string): Promise<void> {
    return releaseLease(this.#table, name, holder);
  }

  leaseHolder(name: string, now: number): Promise<string | undefined> {
    return leaseHolder(this.#table, name, now);
  }
}

function openness(job: Job): Item {
  return isOpen(job) ? { [OPEN_INDEX]: { S: OPEN } } : {};
}

function newestFirst(items: readonly Item[]): readonly Job[] {
  const jobs = items.map((item) => jsonOf<Job>(item, 'body'));
  return jobs.sort((a, b) => b.createdAt - a.createdAt || (a.id < b.id ? 1 : -1));
}
