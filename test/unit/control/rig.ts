import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryEndpoints } from '../../../cli/local/endpoints.ts';
import { lambdaContext } from '../../../cli/local/sqs-event.ts';
import { openState, type State } from '../../../cli/runtime/state.ts';
import type { Answers, Refusal } from '../../../functions/control/answers.ts';
import { createHandler } from '../../../functions/control/handler.ts';
import type { ConfiguredEndpoint, ControlPlace } from '../../../functions/control/place.ts';
import type { RequestInput, RequestType } from '../../../functions/control/requests.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import type { Log } from '../../../functions/core/ports.ts';
import { createServers } from '../../../functions/orthanc/servers.ts';

const DEADLINE = { remainingMs: () => 300_000 };

export interface Rig {
  readonly state: State;
  readonly place: ControlPlace;
  /** How often it was supervised. */
  readonly ticks: () => number;
  readonly logged: { readonly level: string; readonly fields: object; readonly message: string }[];
  /** Supervisions fail with this. */
  failing: Error | undefined;
  invoke(event: unknown): Promise<unknown>;
  /** What a request is answered with. Raises when it is refused. */
  ask<T extends RequestType>(type: T, request: RequestInput<T>): Promise<Answers[T]>;
  /** How a request is refused. */
  refusal(control: unknown): Promise<Refusal>;
  close(): Promise<void>;
}

/** The supervise function over the adapters of one machine. Its endpoints are those that only a worker reaches, unless others are given. */
export async function openRig(endpoints: readonly ConfiguredEndpoint[] = [far('a'), far('b')]): Promise<Rig> {
  const directory = await mkdtemp(join(tmpdir(), 'om-control-'));
  const state = openState({ directory, verbose: false });
  const { store, objects, queues, clock } = state;
  const logged: Rig['logged'] = [];
  const entry = (level: string) => (fields: object, message: string) => void logged.push({ level, fields, message });
  const log: Log = { debug: entry('debug'), info: entry('info'), warn: entry('warn'), error: entry('error') };
  const known = new MemoryEndpoints(
    endpoints.flatMap(({ name, worker }) => (worker ? [] : [{ name, url: new URL(name) }])),
  );
  const servers = createServers(known);
  let ticks = 0;
  const place: ControlPlace = {
    ports: { store, objects, queues, clock, log, endpoints: known },
    servers,
    endpoints,
    tick: async () => {
      ticks += 1;
      if (rig.failing) throw rig.failing;
    },
    link: async (key) => `link to ${key}`,
    depths: async () => [{ queue: 'transfer', visible: 3, inFlight: 1 }],
    environment: { ORTHANC_MIGRATE_TABLE: 'table' },
    version: '9.9.9',
  };
  const handler = createHandler(place);
  const invoke = (event: unknown) => handler(event, lambdaContext('supervise', DEADLINE));
  const rig: Rig = {
    state,
    place,
    ticks: () => ticks,
    logged,
    failing: undefined,
    invoke,
    async ask(type, request) {
      const answer = (await invoke({ control: { type, ...request } })) as { ok: boolean };
      if (!answer.ok) throw new Error(`refused: ${JSON.stringify(answer)}`);
      return answer as never;
    },
    async refusal(control) {
      const answer = (await invoke({ control })) as Refusal;
      if (answer.ok) throw new Error(`not refused: ${JSON.stringify(answer)}`);
      return answer;
    },
    async close() {
      await servers.close();
      state.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
  return rig;
}

export function far(name: string): ConfiguredEndpoint {
  return { name: name as EndpointName, worker: true };
}

export function near(url: string): ConfiguredEndpoint {
  return { name: url as EndpointName, worker: false };
}
