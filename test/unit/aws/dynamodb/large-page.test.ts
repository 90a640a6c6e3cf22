import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DynamoJobStore } from '../../../../functions/aws/dynamodb/job-store.ts';
import { type DynamoDb, startDynamoDb } from '../../../support/dynamodb.ts';
import { chunkRef, fullClosure, fullPage, JOB, moment } from './plan-samples.ts';

/** An expression that is longer (bytes) is refused by DynamoDB, though not by dynalite. */
const EXPRESSION_BYTES = 4096;
const CHUNKS = 1500;

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

// Whatever a comparison finds missing becomes one page, and what is large is a chunk of its own.
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
