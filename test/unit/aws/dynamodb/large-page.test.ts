import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chunkText, receiptPrefix } from '../../../../functions/aws/dynamodb/chunk-text.ts';
import { DynamoJobStore } from '../../../../functions/aws/dynamodb/job-store.ts';
import { chunkName } from '../../../../functions/aws/dynamodb/page-item.ts';
import { type DynamoDb, startDynamoDb } from '../../../support/dynamodb.ts';
import { chunkRef, fullClosure, fullPage, JOB, moment } from './plan-samples.ts';

/** An expression that is longer (bytes) is refused by DynamoDB, though not by dynalite. */
const EXPRESSION_BYTES = 4096;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html: the size of an item, names of attributes included. */
const ITEM_BYTES = 400 * 1024;
/** As many as a comparison plans on one page. */
const CHUNKS = 2000;

let dynamoDb: DynamoDb;
let longest = 0;

beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  dynamoDb.client.middlewareStack.add(
    (next) => (args) => {
      for (const [name, value] of Object.entries(args.input))
        if (name.endsWith('Expression')) longest = Math.max(longest, Buffer.byteLength(String(value)));
      return next(args);
    },
    { step: 'initialize' },
  );
});
afterAll(() => dynamoDb.stop());

// What a comparison finds missing becomes one page, and what is large is a chunk of its own.
test('GIVEN a page of large instances WHEN its chunks are queued THEN no expression is longer than DynamoDB takes', async () => {
  const store = new DynamoJobStore(dynamoDb.client, await dynamoDb.createTable());
  const [first] = fullPage().chunks;
  if (!first) throw new Error('a page without chunks');
  const page = { ...fullPage(), chunks: Array.from({ length: CHUNKS }, () => first) };
  await store.putPage(page);
  await store.closeChunk(chunkRef(7), fullClosure(7));
  await store.pageQueued(JOB, 1, page.page, moment(1));
  const stored = await store.page(JOB, 1, page.page);
  expect(stored?.chunks.filter(({ queuedAt }) => queuedAt === moment(1))).toHaveLength(CHUNKS - 1);
  expect(stored?.chunks[7]?.state).toBe('closed');
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThanOrEqual(EXPRESSION_BYTES);
});

test('GIVEN a page of large instances WHEN all of its chunks are closed THEN its item is no larger than DynamoDB takes', () => {
  const [first] = fullPage().chunks;
  if (!first) throw new Error('a page without chunks');
  const prefix = receiptPrefix(fullPage());
  const bytes = Array.from({ length: CHUNKS }, (_, n) => {
    const times = { queuedAt: moment(n), touchedAt: moment(n), started: 3, returned: 2 };
    const closed = { ...first, ...fullClosure(n), ...times, offset: n * first.length, state: 'closed' as const };
    return Buffer.byteLength(chunkName(n) + chunkText(closed, prefix, crypto.randomUUID()));
  });
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(0.95 * ITEM_BYTES);
});
