import { type AttributeValue, type ConsumedCapacity, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoJobStore } from '../../../../functions/aws/dynamodb/job-store.ts';
import { pageKey } from '../../../../functions/aws/dynamodb/keys.ts';
import { PAGE_CHUNKS } from '../../../../functions/core/plan.ts';
import { type DynamoDb, startDynamoDb } from '../../../support/dynamodb.ts';
import { chunkRef, fullClosure, fullPage, JOB, moment } from './plan-samples.ts';

const CHUNKS = Array.from({ length: PAGE_CHUNKS }, (_, n) => n);
const KB = 1024;

let dynamoDb: DynamoDb;
let store: DynamoJobStore;
let table: string;
/** What DynamoDB was asked, and what it charged. */
let bill: { command: string; units: number }[] = [];

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  dynamoDb.client.middlewareStack.add(
    (next, context) => async (args) => {
      const answer = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { ConsumedCapacity: consumed } = answer.output as { ConsumedCapacity?: ConsumedCapacity };
      bill.push({ command: context.commandName ?? '', units: consumed?.CapacityUnits ?? 0 });
      return answer;
    },
    { step: 'initialize' },
  );
});
afterAll(() => dynamoDb.stop());

beforeEach(async () => {
  table = await dynamoDb.createTable();
  store = new DynamoJobStore(dynamoDb.client, table);
  await store.putPage(fullPage());
  bill = [];
});

async function startAll(): Promise<void> {
  await store.pageQueued(JOB, 1, fullPage().page, moment(0));
  await Promise.all(CHUNKS.map((n) => store.changeChunk(chunkRef(n), { kind: 'started', at: moment(n) })));
}

async function closeAll(): Promise<void> {
  const closed = await Promise.all(CHUNKS.map((n) => store.closeChunk(chunkRef(n), fullClosure(n))));
  expect(closed).toEqual(CHUNKS.map(() => true));
}

/** Bytes of the page's item as DynamoDB counts them: names and values in UTF-8. */
async function itemBytes(): Promise<number> {
  const { pk, sk } = pageKey(JOB, 1, fullPage().page);
  const request = { TableName: table, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true };
  const { Item: item = {} } = await dynamoDb.client.send(new GetItemCommand(request));
  const size = ([name, { S, N }]: [string, AttributeValue]) => Buffer.byteLength(name + (S ?? N ?? ''));
  return Object.entries(item).reduce((sum, entry) => sum + size(entry), 0);
}

function units(command: string): number {
  return bill.filter((each) => each.command === command).reduce((sum, each) => sum + each.units, 0);
}

function requests(command: string): number {
  return bill.filter((each) => each.command === command).length;
}

// A write is billed by the size of the whole item, each begun kilobyte one unit; a consistent read each begun 4 kB.
describe('a full page', () => {
  test('is small when it is planned, and when all its chunks are closed', async () => {
    expect(await itemBytes()).toBeLessThan(3 * KB);
    await startAll();
    expect(await itemBytes()).toBeLessThan(5 * KB);
    await closeAll();
    expect(await itemBytes()).toBeLessThan(9 * KB);
    expect((await store.page(JOB, 1, fullPage().page))?.chunks.map(({ state }) => state)).toEqual(
      CHUNKS.map(() => 'closed'),
    );
  });

  test('takes one read and one write for each change, however many workers change it at once', async () => {
    await startAll();
    expect([requests('GetItemCommand'), requests('UpdateItemCommand')]).toEqual([51, 51]);
    expect(units('UpdateItemCommand')).toBeLessThan(51 * 5);
    bill = [];
    await closeAll();
    expect([requests('GetItemCommand'), requests('UpdateItemCommand')]).toEqual([50, 50]);
    expect(units('UpdateItemCommand')).toBeLessThan(50 * 7.5);
    expect(units('GetItemCommand')).toBeLessThanOrEqual(50 * 2);
  });
});
