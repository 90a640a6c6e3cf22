import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoJobStore } from '../../../../functions/aws/dynamodb/job-store.ts';
import { NO_COUNTS } from '../../../../functions/core/counts.ts';
import { checkpoint, chunk, finding, instance, item, job, jobId, page, SOURCE } from '../../../contract/samples.ts';
import { type DynamoDb, startDynamoDb } from '../../../support/dynamodb.ts';
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../../../support/faulty-dynamodb.ts';

const REF = { job: jobId(), round: 1, page: 0, chunk: 1 };
const CLOSURE = { receipt: 'jobs/job-1/receipts/1/0/1-1-x.ndjson', counts: NO_COUNTS };
const LIMITS = { endpoint: SOURCE, revision: 0, transfers: 4, inflightBytes: 1000 };
const GATE = { endpoint: SOURCE, revision: 0, state: 'closed', probes: 1 } as const;
const CLAIM = { instance: instance(1), claim: { item: item(1), pixels: true } };

let dynamoDb: DynamoDb;
let faulty: FaultyDynamoDb;
/** Whose writes get lost answers. */
let store: DynamoJobStore;
/** Somebody else's, on a sound line. */
let other: DynamoJobStore;
let writes = 0;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  faulty = await startFaultyDynamoDb(dynamoDb.endpoint);
});
afterAll(async () => {
  await faulty.stop();
  await dynamoDb.stop();
});
beforeEach(async () => {
  const table = await dynamoDb.createTable();
  store = new DynamoJobStore(faulty.client, table);
  other = new DynamoJobStore(dynamoDb.client, table);
});

function loseAnswer(): void {
  faulty.faults.push('answer lost');
  writes = faulty.writes;
}

describe('a write that took effect although its answer was lost', () => {
  // Each of these tests would prove nothing if the SDK had not repeated the request.
  afterEach(() => {
    expect(faulty.faults).toEqual([]);
    expect(faulty.writes - writes).toBe(2);
  });

  test('a job is created, and is the caller’s', async () => {
    loseAnswer();
    expect(await store.createJob(job())).toBe(true);
    expect(await other.createJob(job())).toBe(false);
  });

  test('a job is changed once', async () => {
    await other.createJob(job());
    loseAnswer();
    expect(await store.updateJob(job({ state: 'running' }))).toBe(true);
    expect(await other.job(jobId())).toEqual(job({ revision: 2, state: 'running' }));
  });

  test('a checkpoint is created, and moved once', async () => {
    expect(await store.createCheckpoint(checkpoint())).toBe(true);
    loseAnswer();
    expect(await store.updateCheckpoint(checkpoint({ nextPage: 1 }))).toBe(true);
    expect(await other.checkpoint(jobId(), 1)).toEqual(checkpoint({ revision: 2, nextPage: 1 }));
  });

  test('a page is there', async () => {
    loseAnswer();
    expect(await store.putPage(page())).toEqual(page());
  });

  test('an attempt is counted once', async () => {
    await other.putPage(page());
    loseAnswer();
    const begun = await store.changeChunk(REF, { kind: 'started', at: 5 });
    expect(begun?.chunks[1]).toEqual(chunk({ offset: 100, started: 1, touchedAt: 5 }));
    expect(await other.page(jobId(), 1, 0)).toEqual(begun);
  });

  test('an attempt is counted once, although its chunk was marked as queued meanwhile', async () => {
    await other.putPage(page());
    loseAnswer();
    faulty.faults.push({ meanwhile: () => other.pageQueued(jobId(), 1, 0, 9) });
    const begun = await store.changeChunk(REF, { kind: 'started', at: 5 });
    expect(begun?.chunks[1]).toEqual(chunk({ offset: 100, started: 1, touchedAt: 5, queuedAt: 9 }));
  });

  test('two attempts that begin in the same moment are told apart', async () => {
    await other.putPage(page());
    faulty.faults.push({ meanwhile: () => other.changeChunk(REF, { kind: 'started', at: 5 }) });
    writes = faulty.writes;
    const begun = await store.changeChunk(REF, { kind: 'started', at: 5 });
    expect(begun?.chunks[1]?.started).toBe(2);
  });

  test('a chunk is closed by the caller', async () => {
    await other.putPage(page());
    loseAnswer();
    expect(await store.closeChunk(REF, CLOSURE)).toBe(true);
    expect(await other.closeChunk(REF, CLOSURE)).toBe(false);
  });

  test('a page is marked as queued', async () => {
    await other.putPage(page());
    loseAnswer();
    await store.pageQueued(jobId(), 1, 0, 7);
    expect((await other.page(jobId(), 1, 0))?.chunks.map(({ queuedAt }) => queuedAt)).toEqual([7, 7, 7]);
  });

  test('a page is harvested by the caller', async () => {
    await other.putPage(page());
    loseAnswer();
    expect(await store.markHarvested(jobId(), 1, 0)).toBe(true);
    expect(await other.markHarvested(jobId(), 1, 0)).toBe(false);
  });

  test('a finding is new', async () => {
    loseAnswer();
    expect(await store.putFinding(finding(1))).toBe(true);
  });

  test('a finding is reopened', async () => {
    await other.putFinding(finding(1));
    loseAnswer();
    expect(await store.reopenFinding(jobId(), instance(1), 1)).toBe(true);
  });

  test('a finding is redriven', async () => {
    await other.putFinding(finding(1));
    loseAnswer();
    expect(await store.redriveFinding(jobId(), instance(1), 1)).toBe(true);
  });

  test('an entry of the log is the caller’s', async () => {
    loseAnswer();
    expect(await store.appendArrival(jobId(), 0, { kind: 'end', at: 1 })).toBe(true);
    expect(await other.appendArrival(jobId(), 0, { kind: 'end', at: 1 })).toBe(false);
  });

  test('a file claims once', async () => {
    loseAnswer();
    expect(await store.claim(jobId(), [CLAIM])).toEqual([[CLAIM.claim]]);
    expect(await other.claims(jobId(), [CLAIM.instance])).toEqual([[CLAIM.claim]]);
  });

  test('a gate is touched for the first time', async () => {
    loseAnswer();
    expect(await store.updateGate(GATE)).toBe(true);
    expect(await other.gate(SOURCE)).toEqual({ ...GATE, revision: 1 });
  });

  test('limits are changed once', async () => {
    await other.updateLimits(LIMITS);
    loseAnswer();
    expect(await store.updateLimits({ ...LIMITS, revision: 1, transfers: 8 })).toBe(true);
    expect(await other.limits(SOURCE)).toEqual({ ...LIMITS, revision: 2, transfers: 8 });
  });

  test('a lease is the caller’s', async () => {
    loseAnswer();
    expect(await store.takeLease('x', 'a', 1000, 500)).toBe(true);
    expect(await other.takeLease('x', 'b', 1000, 500)).toBe(false);
  });

  test('a lease is released', async () => {
    await other.takeLease('x', 'a', 1000, 500);
    loseAnswer();
    await store.releaseLease('x', 'a');
    expect(await other.leaseHolder('x', 1000)).toBeUndefined();
  });
});

describe('a race is told as lost, although the answer to the vain write got lost', () => {
  const lost = (meanwhile: () => Promise<unknown>) => faulty.faults.push({ meanwhile, answerLost: true });

  test('of two that change a job', async () => {
    await other.createJob(job());
    lost(() => other.updateJob(job({ state: 'cancelled' })));
    expect(await store.updateJob(job({ state: 'running' }))).toBe(false);
    expect((await other.job(jobId()))?.state).toBe('cancelled');
  });

  test('of two that close a chunk', async () => {
    await other.putPage(page());
    lost(() => other.closeChunk(REF, { ...CLOSURE, receipt: 'theirs' }));
    expect(await store.closeChunk(REF, CLOSURE)).toBe(false);
    expect((await other.page(jobId(), 1, 0))?.chunks[1]?.receipt).toBe('theirs');
  });

  test('of two that write the same entry of the log', async () => {
    const end = { kind: 'end', at: 1 } as const;
    lost(() => other.appendArrival(jobId(), 0, end));
    expect(await store.appendArrival(jobId(), 0, end)).toBe(false);
  });
});
