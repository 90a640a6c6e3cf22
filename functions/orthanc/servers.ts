import type { Side } from '../core/answer.ts';
import type { EndpointName } from '../core/ids.ts';
import type { Endpoints } from '../core/ports.ts';
import { OrthancClient } from './client.ts';
import { OrthancHttp } from './http.ts';
import { createRelay, type RelayPair } from './relay/relay.ts';
import { createUpload, type Uploads } from './relay/upload.ts';
import type { Servers } from './server.ts';

/** Connects to servers when they are first needed, and keeps the connections until it is closed. */
export function createServers(endpoints: Endpoints): Servers {
  const clients = new Kept<OrthancClient>();
  const relays = new Kept<RelayPair>();
  const uploads = new Kept<Uploads>();

  const client = (name: EndpointName, side: Side): Promise<OrthancClient> =>
    clients.get(`${side} ${name}`, async () => {
      const endpoint = await endpoints.endpoint(name);
      return new OrthancClient(new OrthancHttp(endpoint, side));
    });

  const connect = async (source: EndpointName, target: EndpointName): Promise<RelayPair> => {
    const [from, to] = await Promise.all([client(source, 'source'), client(target, 'target')]);
    // The relay judges answers without asking back, so that it has to be known before.
    await Promise.all([from.http.undescribedErrors(), to.http.undescribedErrors()]);
    return createRelay(await endpoints.endpoint(source), await endpoints.endpoint(target), {
      undescribedErrors: { source: () => from.http.errorsUndescribed, target: () => to.http.errorsUndescribed },
    });
  };

  const connectUpload = async (target: EndpointName): Promise<Uploads> => {
    const { http } = await client(target, 'target');
    await http.undescribedErrors();
    return createUpload(await endpoints.endpoint(target), {
      undescribedErrors: { target: () => http.errorsUndescribed },
    });
  };

  return {
    server: client,
    relay: async (source, target) => (await relays.get(`${source} ${target}`, () => connect(source, target))).relay,
    upload: async (target) => (await uploads.get(target, () => connectUpload(target))).upload,
    close: async () => {
      await relays.close();
      await uploads.close();
      await clients.close();
    },
  };
}

/** What is opened once by its key; a failed attempt is forgotten. */
class Kept<T extends { close(): Promise<void> }> {
  readonly #open = new Map<string, Promise<T>>();

  get(key: string, open: () => Promise<T>): Promise<T> {
    const known = this.#open.get(key);
    if (known) return known;
    const opening = open();
    this.#open.set(key, opening);
    opening.catch(() => this.#open.delete(key));
    return opening;
  }

  async close(): Promise<void> {
    const opened = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
  }
}
