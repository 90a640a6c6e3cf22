import type { IncomingMessage, ServerResponse } from 'node:http';
import { PassThrough, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './answers.ts';
import { type ActiveFault, type Fault, pick, sopInstanceUid } from './fault-rules.ts';
import { cutAfter, flipAt } from './fault-streams.ts';
import { openUpstream } from './fault-upstream.ts';
import { systemCode } from './system-error.ts';
import type { Traffic } from './traffic.ts';

export interface ExchangeContext {
  readonly upstream: URL;
  readonly faults: readonly ActiveFault[];
  readonly delays: { readonly request: number; readonly response: number };
  readonly traffic: Traffic;
  serverIsDown(): void;
}

/** Enough for the meta information of a DICOM file, and for faults that look into the body. */
const META_BYTES = 2048;
const SEARCHED_BYTES = 64 * 1024;
const FILE = /^\/instances\/[^/]+\/file$/;

interface Kind {
  readonly store: boolean;
  readonly file: boolean;
}

/** Takes one request to the server and its answer back, unless a fault prevents it. */
export async function exchange(
  context: ExchangeContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { traffic } = context;
  const method = request.method ?? 'GET';
  const path = new URL(request.url ?? '/', context.upstream).pathname;
  const kind: Kind = { store: method === 'POST' && path === '/instances', file: FILE.test(path) };
  traffic.count(method, path);
  try {
    const searched = context.faults.some(({ fault }) => fault.bodyContains !== undefined);
    const body = await peek(request, searched ? SEARCHED_BYTES : META_BYTES);
    const uid = kind.store ? sopInstanceUid(body.head) : undefined;
    if (kind.store) {
      traffic.beginPost(uid);
      response.once('close', () => traffic.endPost());
    }
    const fault = pick(context.faults, { method, path, head: body.head, sopInstanceUid: uid });
    if (context.delays.request > 0) await sleep(context.delays.request);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'run' && fault.when === 'before') await fault.run();
    if (fault?.kind === 'answer') await answer(context, response, body, fault.answer);
    else await forward(context, request, response, body, kind, fault);
  } catch (error) {
    if (systemCode(error) === 'ECONNREFUSED') context.serverIsDown();
    // Whatever broke on one side breaks the other: that is what the client would have seen without the proxy.
    request.socket.destroy();
  }
}

async function answer(context: ExchangeContext, response: ServerResponse, body: Body, given: Answer): Promise<void> {
  // The body must be read, or the client would see a broken connection before the answer.
  for await (const _ of body.all());
  if (context.delays.response > 0) await sleep(context.delays.response);
  const content = Buffer.from(given.body ?? '');
  response.writeHead(given.status, { ...given.headers, 'content-length': content.length });
  response.end(content);
}

async function forward(
  context: ExchangeContext,
  request: IncomingMessage,
  response: ServerResponse,
  body: Body,
  kind: Kind,
  fault: Fault | undefined,
): Promise<void> {
  const { delays, traffic } = context;
  const outgoing = openUpstream(context.upstream, request);
  response.once('close', () => {
    if (!response.writableFinished) outgoing.destroy();
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve).on('error', reject);
  });
  const sent = pipeline(body.all(), disturbance(fault, 'request', request), outgoing);
  // A server may answer and close before it read everything; a failure to send counts only while there is no answer.
  sent.catch(() => undefined);
  answered.catch(() => undefined);
  if (fault?.kind === 'run' && fault.when === 'after') {
    await sent;
    await fault.run();
  }
  const incoming = await answered;
  const length = (message: IncomingMessage) => Number(message.headers['content-length'] ?? 0);
  if (kind.store) traffic.postedBytes += length(request);
  if (kind.store && incoming.statusCode === 200) traffic.stored += 1;
  if (kind.file) traffic.fileBytes += length(incoming);
  if (fault?.kind === 'lost') throw new Error('the answer was taken away by a fault');
  if (delays.response > 0) await sleep(delays.response);
  response.sendDate = false;
  response.writeHead(incoming.statusCode ?? 502, incoming.statusMessage, incoming.rawHeaders);
  response.flushHeaders();
  await pipeline(incoming, disturbance(fault, 'response', incoming), response);
}

function disturbance(fault: Fault | undefined, where: 'request' | 'response', message: IncomingMessage): Transform {
  const length = Number(message.headers['content-length'] ?? 0);
  if (fault?.kind === 'cut' && fault.where === where) return cutAfter(fault.afterBytes ?? Math.floor(length / 2));
  if (fault?.kind !== 'flip' || fault.where !== where) return new PassThrough();
  const at = fault.at ?? Math.floor(length / 2);
  return flipAt(at < 0 ? length + at : at);
}

interface Body {
  readonly head: Buffer;
  /** The head and everything after it. */
  all(): AsyncGenerator<Buffer>;
}

async function peek(request: IncomingMessage, bytes: number): Promise<Body> {
  const chunks = request[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first: Buffer[] = [];
  let size = 0;
  let ended = false;
  while (size < bytes && !ended) {
    const next = await chunks.next();
    ended = next.done === true;
    if (next.done) break;
    first.push(next.value);
    size += next.value.length;
  }
  const head = Buffer.concat(first);
  return {
    head,
    async *all() {
      if (head.length > 0) yield head;
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
    },
  };
}
