import { afterAll, beforeAll } from '@jest/globals';
import { DynamoJobStore } from '../../functions/aws/dynamodb/job-store.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { jobStoreContract } from './job-store.contract.ts';

let dynamoDb: DynamoDb;
beforeAll(async () => {
  dynamoDb = await startDynamoDb();
});
afterAll(() => dynamoDb.stop());

jobStoreContract('DynamoDB', async () => new DynamoJobStore(dynamoDb.client, await dynamoDb.createTable()));
