import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { OPEN_INDEX } from '../../functions/aws/dynamodb/table.ts';
import { CREDENTIALS, REGION } from './aws.ts';

// A CommonJS package without types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: { createTableMs: number }) => Server;

const KEEP_ALIVE_MS = 10 * 60_000;

/** DynamoDB in this process. */
export interface DynamoDb {
  readonly endpoint: string;
  readonly client: DynamoDBClient;
  /** Creates an empty table of the job store, and returns its name. */
  createTable(): Promise<string>;
  stop(): Promise<void>;
}

export async function startDynamoDb(): Promise<DynamoDb> {
  const server = dynalite({ createTableMs: 0 });
  // As DynamoDB does: a function that was frozen for a while finds its connections as it left them, not all of them closed.
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ endpoint, region: REGION, credentials: CREDENTIALS });
  return {
    endpoint,
    client,
    async createTable() {
      const name = `orthanc-migrate-${randomUUID()}`;
      await createTable(client, { TableName: name, ...tableDefinition() });
      return name;
    },
    async stop() {
      client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Creates a table and waits until it can be used: the emulator's, too, is not there yet when it says that it creates it. */
export async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(table));
  const soon = { minDelay: 0.02, maxDelay: 0.02, maxWaitTime: 60 };
  await waitUntilTableExists({ client, ...soon }, { TableName: table.TableName });
}

/** The keys of functions/aws/dynamodb/table.ts, as lib/job-table.ts gives them to the table of a stack. */
function tableDefinition() {
  const text = 'S' as const;
  return {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: text },
      { AttributeName: 'sk', AttributeType: text },
      { AttributeName: OPEN_INDEX, AttributeType: text },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: OPEN_INDEX,
        KeySchema: [
          { AttributeName: OPEN_INDEX, KeyType: 'HASH' as const },
          { AttributeName: 'sk', KeyType: 'RANGE' as const },
        ],
        Projection: { ProjectionType: 'ALL' as const },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST' as const,
  };
}
