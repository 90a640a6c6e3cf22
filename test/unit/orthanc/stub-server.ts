import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Authorization } from '../../../functions/core/endpoint.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { OrthancClient } from '../../../functions/orthanc/client.ts';
import { OrthancHttp } from '../../../functions/orthanc/http.ts';

export interface Asked {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `undefined` leaves the answer to the function, which has the response. */
export type Answer = { readonly status?: number; readonly type?: string; readonly body?: unknown } | undefined;

/** A server under the test's control; it says whatever `answer` returns. */
export class StubServer {
  readonly asked: Asked[] = [];
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #clients: OrthancClient[] = [];
  readonly #answer: (asked: Asked, response: ServerResponse) => Answer;

  constructor(answer: (asked: Asked, response: ServerResponse) => Answer) {
    this.#answer = answer;
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  client(options: { base?: string; authorization?: Authorization } = {}): OrthancClient {
    const url = new URL(options.base ?? '', this.url);
    const authorization = options.authorization ? { authorization: options.authorization } : {};
    const client = new OrthancClient(
      new OrthancHttp({ name: 'stub' as EndpointName, url, ...authorization }, 'source'),
    );
    this.#clients.push(client);
    return client;
  }

  paths(): string[] {
    return this.asked.map(({ path }) => path);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const { method = '', url = '', headers } = request;
    const asked = { method, path: url, headers, body: Buffer.concat(pieces).toString() };
    this.asked.push(asked);
    const answer = this.#answer(asked, response);
    if (!answer) return;
    const { status = 200, body = '' } = answer;
    const json = typeof body !== 'string';
    response.writeHead(status, { 'content-type': answer.type ?? (json ? 'application/json' : 'text/plain') });
    response.end(json ? JSON.stringify(body) : body);
  }
}

/** An error answer as Orthanc describes it. */
export function described(status: number, orthancStatus: number): Answer {
  const body = { HttpStatus: status, OrthancStatus: orthancStatus, OrthancError: 'text', Message: 'text' };
  return { status, body };
}

export const UNKNOWN = described(404, 17);

export function system(fields: Readonly<Record<string, unknown>> = {}): Answer {
  return { body: { Version: '1.13.0', Name: 'stub', DatabaseVersion: 6, ...fields } };
}
