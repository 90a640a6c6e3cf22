/**
 * A stack on this machine: the functions over SQLite and files, and their supervise function behind the Invoke API of Lambda, so that
 * the command line's `--stack` can be tried as its users do.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalDumps } from '../../cli/local/dump/dumps.ts';
import { MemoryEndpoints } from '../../cli/local/endpoints.ts';
import { lambdaContext } from '../../cli/local/sqs-event.ts';
import { createMappings } from '../../cli/runtime/mappings.ts';
import { openState, type State } from '../../cli/runtime/state.ts';
import { TransferWorker } from '../../functions/attempt/worker.ts';
import { type ControlHandler, createHandler } from '../../functions/control/handler.ts';
import type { ConfiguredEndpoint, ControlPlace } from '../../functions/control/place.ts';
import type { Endpoint } from '../../functions/core/endpoint.ts';
import type { EndpointName } from '../../functions/core/ids.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { ENV } from '../../functions/environment.ts';
import { createServers } from '../../functions/orthanc/servers.ts';
import { DEFAULT_SETTINGS } from '../../functions/supervise/settings.ts';
import { superviseAll } from '../../functions/supervise/tick.ts';
import { job } from '../contract/samples.ts';
import type { Environment } from './command-line.ts';

export const STACK = 'archive';
const DEADLINE = { remainingMs: () => 300_000 };
/** The minute of EventBridge Scheduler, on a machine in a hurry. */
const TICK_EVERY_MS = 300;

export interface LocalStack {
  /** What the command line needs to find it. */
  readonly env: Environment;
  readonly ports: Ports;
  readonly state: State;
  /** Answers invocations with this instead, until it is taken away. */
  instead: ((response: ServerResponse) => void) | undefined;
  /** Types of the requests that were answered. */
  readonly asked: string[];
  stop(): Promise<void>;
}

/** @param servers URLs by the names of endpoints; `undefined` for one that only a worker reaches. */
export async function startLocalStack(servers: Readonly<Record<string, string | undefined>>): Promise<LocalStack> {
  const directory = await mkdtemp(join(tmpdir(), 'om-stack-'));
  const state = openState({ directory, verbose: false });
  const names = Object.entries(servers);
  const endpoints = new MemoryEndpoints(
    names.flatMap(([name, url]): Endpoint[] =>
      url === undefined ? [] : [{ name: name as EndpointName, url: new URL(url) }],
    ),
  );
  const { store, objects, queues, clock, log } = state;
  const ports: Ports = { store, objects, queues, clock, log, endpoints };
  const connections = createServers(endpoints);
  const dumps = createLocalDumps({ objects, log, keys: new Map(), scratch: join(directory, 'scratch') });
  let supervising: Promise<void> | undefined;
  let stopping = false;
  const tick = async (): Promise<void> => {
    supervising ??= superviseAll(ports, connections, DEFAULT_SETTINGS, DEADLINE).finally(() => {
      supervising = undefined;
    });
    await supervising;
  };
  const listening = createServer();
  const base = await listen(listening);
  const place: ControlPlace = {
    ports,
    servers: connections,
    endpoints: names.map(
      ([name, url]): ConfiguredEndpoint => ({ name: name as EndpointName, worker: url === undefined }),
    ),
    tick,
    link: async (key) => `${base}/objects/${key}`,
    depths: () =>
      Promise.all(Object.values(queues).map(async (queue) => ({ queue: queue.name, ...(await queue.depth()) }))),
    environment: { [ENV.evidenceBucket]: 'evidence', [ENV.stack]: STACK },
    version: '0.1.0',
  };
  const mappings = createMappings(job(), {
    state,
    ports,
    servers: connections,
    dumps,
    worker: new TransferWorker(ports, connections),
    // As at the end of a local run: what is on the wire is waited for, and nothing else.
    deadline: { remainingMs: () => (stopping ? 0 : DEADLINE.remainingMs()) },
    onReturn: () => undefined,
    onError: (error) => log.error({}, String(error)),
  });
  for (const mapping of mappings) mapping.start();
  const schedule = setInterval(() => void tick().catch((error) => log.error({}, String(error))), TICK_EVERY_MS);
  const stack: LocalStack = {
    env: {
      AWS_ENDPOINT_URL_LAMBDA: base,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'example',
      ORTHANC_MIGRATE_STACK: STACK,
    },
    ports,
    state,
    instead: undefined,
    asked: [],
    async stop() {
      stopping = true;
      clearInterval(schedule);
      listening.closeAllConnections();
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await supervising?.catch(() => undefined);
      await new Promise((resolve) => listening.close(resolve));
      await connections.close();
      await dumps.close();
      state.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  listening.on('request', (request, response) => void serve(request, response, stack, createHandler(place)));
  return stack;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Invoke (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), and the objects that links lead to. */
async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  stack: LocalStack,
  handler: ControlHandler,
): Promise<void> {
  const [, key] = /^\/objects\/(.+)$/.exec(request.url ?? '') ?? [];
  if (key !== undefined) return void response.end(await stack.ports.objects.read(key));
  const [, name] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '') ?? [];
  const body: Buffer[] = [];
  for await (const piece of request) body.push(piece);
  if (stack.instead) return stack.instead(response);
  if (name !== `${STACK}-supervise`)
    return answerError(response, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
  const event = JSON.parse(Buffer.concat(body).toString()) as { control?: { type: string } };
  stack.asked.push(event.control?.type ?? 'event');
  try {
    response.end(JSON.stringify((await handler(event, lambdaContext(name, DEADLINE))) ?? null));
  } catch (error) {
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify({ errorType: 'Error', errorMessage: String(error) }));
  }
}

/** An error of the Lambda API. */
export function answerError(response: ServerResponse, status: number, name: string, message: string): void {
  response.writeHead(status, { 'x-amzn-errortype': name, 'content-type': 'application/json' });
  response.end(JSON.stringify({ Type: 'User', Message: message }));
}
