import type { Side } from '../../../functions/core/answer.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { connectServer, type OrthancClient } from '../../../functions/orthanc/client.ts';
import { type OrthancOptions, type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';

const USER = 'reader';
const PASSWORD = 'p@ss:w/ord';

/** The servers and clients of one test file; `close` ends them all. */
export class Bench {
  readonly #servers: RunningOrthanc[] = [];
  readonly #clients: OrthancClient[] = [];

  async start(options: OrthancOptions): Promise<RunningOrthanc> {
    const server = await startOrthanc({ users: { [USER]: PASSWORD }, ...options });
    this.#servers.push(server);
    return server;
  }

  client(server: RunningOrthanc, options: { side?: Side; password?: string; host?: string } = {}): OrthancClient {
    const url = new URL(server.url);
    if (options.host !== undefined) url.hostname = options.host;
    const authorization = { kind: 'basic', username: USER, password: options.password ?? PASSWORD } as const;
    const client = connectServer({ name: url.href as EndpointName, url, authorization }, options.side ?? 'source');
    this.#clients.push(client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await Promise.all(this.#servers.map((server) => server.stop()));
  }
}
