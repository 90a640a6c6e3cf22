import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoJobStore } from '../../../../functions/aws/dynamodb/job-store.ts';
import { findingKey, jobKey, type Key, leaseKey, pageKey } from '../../../../functions/aws/dynamodb/keys.ts';
import { OPEN_INDEX } from '../../../../functions/aws/dynamodb/table.ts';
import { type FileKey, fileItem } from '../../../../functions/core/ids.ts';
import { fileFinding, finding, instance, job, jobId, page } from '../../../contract/samples.ts';
import { type DynamoDb, startDynamoDb } from '../../../support/dynamodb.ts';
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../../../support/faulty-dynamodb.ts';

const REF = { job: jobId(), round: 1, page: 0, chunk: 1 };

let dynamoDb: DynamoDb;
let faulty: FaultyDynamoDb;
let store: DynamoJobStore;
let other: DynamoJobStore;
let table: string;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  faulty = await startFaultyDynamoDb(dynamoDb.endpoint);
});
afterAll(async () => {
  await faulty.stop();
  await dynamoDb.stop();
});
beforeEach(async () => {
  table = await dynamoDb.createTable();
  store = new DynamoJobStore(faulty.client, table);
  other = new DynamoJobStore(dynamoDb.client, table);
});

describe('DynamoDB refuses for a while', () => {
  test.each(['throttled', 'unavailable'] as const)('%s: the SDK tries again', async (refusal) => {
    faulty.faults.push(refusal, refusal);
    expect(await store.createJob(job())).toBe(true);
    faulty.faults.push(refusal, refusal);
    expect(await store.updateJob(job({ state: 'running' }))).toBe(true);
    expect((await other.job(jobId()))?.state).toBe('running');
  });

  test('what it refuses for too long is raised, and nothing is changed', async () => {
    await other.putPage(page());
    faulty.faults.push('throttled', 'throttled', 'throttled');
    await expect(store.closeChunk(REF, { receipt: 'r', counts: page().replaces })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryClass: 'retry',
      message: expect.stringMatching(/Throttling.*later/),
    });
    expect(await other.page(jobId(), 1, 0)).toEqual(page());
  });

  test('a table that is not there is raised', async () => {
    const nowhere = new DynamoJobStore(dynamoDb.client, 'nowhere');
    const message = expect.stringContaining('the table nowhere cannot be used: ResourceNotFoundException');
    const raised = { code: 'STORE_UNAVAILABLE', message };
    await expect(nowhere.job(jobId())).rejects.toMatchObject(raised);
    await expect(nowhere.jobs()).rejects.toMatchObject(raised);
    await expect(nowhere.createJob(job())).rejects.toMatchObject(raised);
    await expect(nowhere.releaseLease('x', 'a')).rejects.toMatchObject(raised);
  });
});

describe('others are quicker', () => {
  test('a chunk is changed by all of them, and by the caller', async () => {
    await other.putPage(page());
    const started = { meanwhile: () => other.changeChunk(REF, { kind: 'started', at: 5 }) };
    faulty.faults.push(started, started, started);
    const begun = await store.changeChunk(REF, { kind: 'started', at: 5 });
    expect(begun?.chunks[1]?.started).toBe(4);
    expect(faulty.faults).toEqual([]);
  });

  test('a page is marked as queued, what is closed meanwhile is not', async () => {
    await other.putPage(page());
    const closed = { receipt: 'r', counts: page().replaces };
    faulty.faults.push({ meanwhile: () => other.closeChunk(REF, closed) });
    await store.pageQueued(jobId(), 1, 0, 7);
    const { chunks } = (await other.page(jobId(), 1, 0)) ?? page();
    expect(chunks.map(({ queuedAt, receipt }) => [queuedAt, receipt])).toEqual([
      [7, undefined],
      [undefined, 'r'],
      [7, undefined],
    ]);
  });

  test('claims come behind theirs', async () => {
    const claim = (n: number) => ({ item: fileItem(`/dump/${n}` as FileKey), pixels: true });
    const theirs = (n: number) => ({
      meanwhile: () => other.claim(jobId(), [{ instance: instance(1), claim: claim(n) }]),
    });
    faulty.faults.push(theirs(1), theirs(2));
    const [seen] = await store.claim(jobId(), [{ instance: instance(1), claim: claim(9) }]);
    expect(seen).toEqual([claim(1), claim(2), claim(9)]);
  });
});

describe('items of a newer layout', () => {
  const NEWER = { code: 'STORE_NEWER_VERSION', message: expect.stringContaining('deploy the version that wrote it') };
  const put = (key: Key) => {
    const item = { pk: { S: key.pk }, sk: { S: key.sk }, v: { N: '2' }, round: { N: '1' }, holder: { S: 'a' } };
    return dynamoDb.client.send(new PutItemCommand({ TableName: table, Item: item }));
  };

  test('are refused by whoever reads them', async () => {
    for (const key of [jobKey(jobId()), pageKey(jobId(), 1, 0)]) await put(key);
    await expect(other.job(jobId())).rejects.toMatchObject(NEWER);
    await expect(other.jobs()).rejects.toMatchObject(NEWER);
    await expect(other.page(jobId(), 1, 0)).rejects.toMatchObject(NEWER);
    await expect(other.pages(jobId(), 1, 0, 5)).rejects.toMatchObject(NEWER);
    await expect(other.changeChunk(REF, { kind: 'started', at: 1 })).rejects.toMatchObject(NEWER);
  });

  test('do not keep the jobs of this version from being looked after', async () => {
    await other.createJob(job({ id: jobId('ours') }));
    const { pk, sk } = jobKey(jobId('newer'));
    const item = { pk: { S: pk }, sk: { S: sk }, v: { N: '2' }, [OPEN_INDEX]: { S: 'yes' } };
    await dynamoDb.client.send(new PutItemCommand({ TableName: table, Item: item }));
    expect((await other.openJobs()).map(({ id }) => id)).toEqual([jobId('ours')]);
  });

  test('are changed by nobody', async () => {
    for (const key of [jobKey(jobId()), pageKey(jobId(), 1, 0), findingKey(jobId(), instance(1)), leaseKey('x')])
      await put(key);
    await expect(other.createJob(job())).rejects.toMatchObject(NEWER);
    await expect(other.updateJob(job())).rejects.toMatchObject(NEWER);
    await expect(other.putPage(page())).rejects.toMatchObject(NEWER);
    await expect(other.markHarvested(jobId(), 1, 0)).rejects.toMatchObject(NEWER);
    await expect(other.putFinding(finding(1, 2))).rejects.toMatchObject(NEWER);
    await expect(other.reopenFinding(jobId(), instance(1), 1)).rejects.toMatchObject(NEWER);
    await expect(other.redriveFinding(jobId(), instance(1), 1)).rejects.toMatchObject(NEWER);
    await expect(other.takeLease('x', 'a', 1, 1)).rejects.toMatchObject(NEWER);
    await other.releaseLease('x', 'a');
    await expect(other.leaseHolder('x', 1)).rejects.toMatchObject(NEWER);
  });
});

test.each([
  ['body', {}],
  ['body', { body: { S: '{"id":' } }],
])('an item whose %s is damaged is named: %j', async (name, attributes) => {
  const { pk, sk } = jobKey(jobId());
  const item = { pk: { S: pk }, sk: { S: sk }, v: { N: '1' }, ...attributes };
  await dynamoDb.client.send(new PutItemCommand({ TableName: table, Item: item }));
  const message = expect.stringContaining(`the attribute ${name} of jobs in the table`);
  await expect(other.job(jobId())).rejects.toMatchObject({ code: 'STORE_DAMAGED', message });
});

test('a chunk that is damaged is named', async () => {
  const { pk, sk } = pageKey(jobId(), 1, 0);
  const head = { S: JSON.stringify({ job: jobId(), round: 1, page: 0 }) };
  const item = { pk: { S: pk }, sk: { S: sk }, v: { N: '1' }, head, c0: { S: '["0 2s"]' } };
  await dynamoDb.client.send(new PutItemCommand({ TableName: table, Item: item }));
  const message = expect.stringContaining('the attribute c0 of plan#job-1#1');
  await expect(other.page(jobId(), 1, 0)).rejects.toMatchObject({ code: 'STORE_DAMAGED', message });
});

describe('the limits of DynamoDB', () => {
  test('more copies than an item holds are refused, fewer are not', async () => {
    const file = (n: number) => fileItem(`/dump/${String(n).padStart(2000, 'x')}` as FileKey);
    const claims = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => ({
        instance: instance(1),
        claim: { item: file(from + n), pixels: true },
      }));
    await other.claim(jobId(), claims(0, 190));
    const message = expect.stringMatching(/^210 files of the dump hold the instance [0-9a-f-]+, .*in parts/);
    await expect(other.claim(jobId(), claims(190, 210))).rejects.toMatchObject({ code: 'TOO_MANY_COPIES', message });
    const [stored] = await other.claims(jobId(), [instance(1)]);
    expect(stored).toHaveLength(190);
  });

  test('findings of names longer than a key are paged, too', async () => {
    const long = '/dump/'.padEnd(1500, 'x');
    const items = ['/a', `${long}1`, `${long}2`, `${long}3`, '/z'].map((name) => fileItem(name as FileKey));
    for (const item of items) await other.putFinding({ ...fileFinding(1), item });
    for (const item of items) expect((await other.finding(jobId(), item))?.item).toBe(item);
    const seen = [];
    for (let page = await other.findings(jobId(), undefined, 2); page.length > 0; ) {
      seen.push(...page.map(({ item }) => item));
      page = await other.findings(jobId(), seen.at(-1), 2);
    }
    expect(seen).toHaveLength(items.length);
    expect(new Set(seen)).toEqual(new Set(items));
  });

  test('more than 1 MB of a partition is read in several answers', async () => {
    const row = { ...fileFinding(1).row, file: `/${'x'.repeat(50_000)}` as FileKey };
    for (let n = 0; n < 45; n += 1) await other.putFinding({ ...finding(n), row });
    expect(await other.findings(jobId(), undefined, 100)).toHaveLength(45);
    expect(await other.findings(jobId(), undefined, 40)).toHaveLength(40);
  });
});
