import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An error as AWS answers it. */
export class ServiceError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export interface ServiceAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface StandIn {
  readonly url: string;
  stop(): Promise<void>;
}

/** A small HTTP server that stands in for one service of AWS which no emulator offers. */
export async function startStandIn(serve: (request: ServiceRequest) => Promise<ServiceAnswer>): Promise<StandIn> {
  const server = createServer((request, response) => void answer(request, response, serve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, stop: () => stop(server) };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  serve: (request: ServiceRequest) => Promise<ServiceAnswer>,
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const { method = '', url: path = '', headers } = request;
  const {
    status,
    headers: more,
    body,
  } = await serve({ method, path, headers, body: Buffer.concat(pieces) }).catch(refusal);
  response.writeHead(status ?? 200, { 'content-type': 'application/x-amz-json-1.1', ...more });
  response.end(JSON.stringify(body));
}

function refusal(error: unknown): ServiceAnswer {
  const { code, status, message } =
    error instanceof ServiceError ? error : new ServiceError('InternalFailure', String(error), 500);
  return { status, headers: { 'x-amzn-errortype': code }, body: { __type: code, Message: message, message } };
}

/** The operation of the services that speak AWS JSON, and its parameters. */
export function jsonRequest({ headers, body }: ServiceRequest): { operation: string; input: Record<string, unknown> } {
  const target = String(headers['x-amz-target'] ?? '');
  return { operation: target.slice(target.indexOf('.') + 1), input: JSON.parse(body.toString() || '{}') };
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
