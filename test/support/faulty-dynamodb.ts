import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CREDENTIALS, REGION } from './aws.ts';

/** What becomes of one write: refused as DynamoDB does it, taken without an answer, or taken after something else happened. */
export type Fault =
  | 'throttled'
  | 'unavailable'
  | 'answer lost'
  | { readonly meanwhile: () => Promise<unknown>; readonly answerLost?: true };

/** A client whose writes go wrong on the way to a DynamoDB. */
export interface FaultyDynamoDb {
  readonly client: DynamoDBClient;
  /** What happens to the next writes. */
  readonly faults: Fault[];
  /** What happens to those behind them; nothing, unless it is set. */
  otherwise: () => Fault | undefined;
  /** Writes that arrived, repeated ones too. */
  writes: number;
  stop(): Promise<void>;
}

const REFUSALS = {
  throttled: { status: 400, type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException' },
  unavailable: { status: 503, type: 'com.amazonaws.dynamodb.v20120810#InternalServerError' },
} as const;

export async function startFaultyDynamoDb(endpoint: string): Promise<FaultyDynamoDb> {
  const server = createServer((request, response) => {
    relay(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const own = `http://127.0.0.1:${port}`;
  const faulty: FaultyDynamoDb = {
    client: new DynamoDBClient({ endpoint: own, region: REGION, credentials: CREDENTIALS, maxAttempts: 3 }),
    faults: [],
    otherwise: () => undefined,
    writes: 0,
    async stop() {
      faulty.client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return faulty;

  async function relay(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const target = String(request.headers['x-amz-target']);
    const isWrite = /\.(Put|Update|Delete)Item$/.test(target);
    if (isWrite) faulty.writes += 1;
    const fault = isWrite ? (faulty.faults.shift() ?? faulty.otherwise()) : undefined;
    if (fault === 'throttled' || fault === 'unavailable') {
      const { status, type } = REFUSALS[fault];
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: type, message: 'later' }));
      return;
    }
    if (typeof fault === 'object') await fault.meanwhile();
    const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' };
    const signed = {
      authorization: String(request.headers.authorization),
      'x-amz-date': String(request.headers['x-amz-date']),
    };
    const answer = await fetch(endpoint, { method: 'POST', headers: { ...headers, ...signed }, body });
    const text = await answer.text();
    if (fault === 'answer lost' || (typeof fault === 'object' && fault.answerLost)) {
      request.socket.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(text);
  }
}
