import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StandIn } from './stand-ins.ts';

/** Requests of one operation, and what they consumed. */
export interface OperationCount {
  requests: number;
  /** DynamoDB: capacity units. */
  units: number;
}

export interface RequestCounts {
  /** By operation: `SendMessageBatch`, `UpdateItem`, `PUT object`. */
  readonly operations: ReadonlyMap<string, OperationCount>;
}

export interface CountingProxy extends StandIn, RequestCounts {
  reset(): void;
}

/** Stands before an emulator and counts what it is asked. */
export async function startCounting(upstream: string): Promise<CountingProxy> {
  const operations = new Map<string, OperationCount>();
  const agent = new Agent({ keepAlive: true });
  const count = (operation: string, units: number) => {
    const known = operations.get(operation) ?? { requests: 0, units: 0 };
    operations.set(operation, { requests: known.requests + 1, units: known.units + units });
  };
  const server = createServer((request, response) => void forward(request, response, upstream, agent, count));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    operations,
    reset: () => operations.clear(),
    stop: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: string,
  agent: Agent,
  count: (operation: string, units: number) => void,
): Promise<void> {
  const operation = operationOf(request);
  const body = withUnits(request, await bytesOf(request));
  const { 'content-length': _, 'transfer-encoding': __, ...headers } = request.headers;
  const onward = httpRequest(new URL(request.url ?? '/', upstream), {
    method: request.method ?? 'GET',
    agent,
    headers: { ...headers, ...(request.method === 'GET' ? {} : { 'content-length': body.length }) },
  });
  // The emulator is gone: so is its client's connection.
  onward.once('error', () => response.destroy());
  onward.once('response', async (answer) => {
    const bytes = await bytesOf(answer);
    count(operation, unitsOf(request, bytes));
    const { 'transfer-encoding': ___, ...rest } = answer.headers;
    const length = request.method === 'HEAD' ? {} : { 'content-length': bytes.length };
    response.writeHead(answer.statusCode ?? 500, { ...rest, ...length });
    response.end(bytes);
  });
  onward.end(body);
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of message) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function targetOf(request: IncomingMessage): string | undefined {
  const target = request.headers['x-amz-target'];
  return typeof target === 'string' ? target : undefined;
}

/** The services that speak JSON name it; S3 is told by method and path. */
function operationOf(request: IncomingMessage): string {
  const target = targetOf(request);
  if (target !== undefined) return target.slice(target.indexOf('.') + 1);
  const { pathname, search } = new URL(request.url ?? '/', 'http://s3');
  const what = pathname.split('/').filter(Boolean).length > 1 ? 'object' : 'bucket';
  return `${request.method} ${what}${search.includes('uploads') || search.includes('uploadId') ? ' part' : ''}`;
}

/** DynamoDB tells what a request consumed when it is asked to. */
function withUnits(request: IncomingMessage, body: Buffer): Buffer {
  if (!targetOf(request)?.startsWith('DynamoDB_')) return body;
  return Buffer.from(JSON.stringify({ ...JSON.parse(body.toString()), ReturnConsumedCapacity: 'TOTAL' }));
}

/** A condition that fails is not told; it consumes what a write would, at least one unit. */
function unitsOf(request: IncomingMessage, body: Buffer): number {
  if (!targetOf(request)?.startsWith('DynamoDB_')) return 0;
  const { ConsumedCapacity: consumed } = JSON.parse(body.toString() || '{}') as {
    ConsumedCapacity?: { readonly CapacityUnits: number };
  };
  return consumed?.CapacityUnits ?? 1;
}
