import type { Side } from '../core/answer.ts';
import { type Endpoint, EndpointUnavailable } from '../core/endpoint.ts';
import type { EndpointName } from '../core/ids.ts';
import type { Endpoints } from '../core/ports.ts';
import { wait } from '../core/verdict.ts';
import { OrthancClient } from './client.ts';
import { OrthancError } from './errors.ts';
import { OrthancHttp } from './http.ts';
import { Lent } from './lent.ts';
import { lentServer } from './lent-server.ts';
import { createRelay, type RelayPair } from './relay/relay.ts';
import { createUpload, type Uploads } from './relay/upload.ts';
import type { Servers } from './server.ts';

/**
 * Connects to servers when they are first needed, and keeps the connections until it is closed. Each request asks anew for its endpoints:
 * once credentials are renewed there, what comes next uses the new ones, while what is under way ends with the old ones.
 */
export function createServers(endpoints: Endpoints): Servers {
  const clients = new Lent<OrthancClient>();
  const relays = new Lent<RelayPair>();
  const uploads = new Lent<Uploads>();

  /** What cannot be had closes the gate of its server, as any other trouble with it does. */
  const endpointOf = async (name: EndpointName, side: Side): Promise<Endpoint> => {
    try {
      return await endpoints.endpoint(name);
    } catch (error) {
      if (!(error instanceof EndpointUnavailable)) throw error;
      throw new OrthancError(name, side, wait(side, error.code), error.message, {});
    }
  };

  const withClient = <R>(endpoint: Endpoint, side: Side, work: (client: OrthancClient) => Promise<R>): Promise<R> =>
    clients.use(
      `${side} ${endpoint.name}`,
      [endpoint],
      async () => new OrthancClient(new OrthancHttp(endpoint, side)),
      work,
    );

  /** Relays judge answers without asking back, so that it has to be known before. */
  const undescribedErrors = (endpoint: Endpoint, side: Side): Promise<() => boolean> =>
    withClient(endpoint, side, async ({ http }) => {
      await http.undescribedErrors();
      return () => http.errorsUndescribed;
    });

  const withRelay = async <R>(
    source: EndpointName,
    target: EndpointName,
    work: (pair: RelayPair) => Promise<R>,
  ): Promise<R> => {
    const [from, to] = await Promise.all([endpointOf(source, 'source'), endpointOf(target, 'target')]);
    const open = async () => {
      const [ofSource, ofTarget] = await Promise.all([
        undescribedErrors(from, 'source'),
        undescribedErrors(to, 'target'),
      ]);
      return createRelay(from, to, { undescribedErrors: { source: ofSource, target: ofTarget } });
    };
    return relays.use(`${source} ${target}`, [from, to], open, work);
  };

  const withUpload = async <R>(target: EndpointName, work: (uploads: Uploads) => Promise<R>): Promise<R> => {
    const to = await endpointOf(target, 'target');
    const open = async () => createUpload(to, { undescribedErrors: { target: await undescribedErrors(to, 'target') } });
    return uploads.use(target, [to], open, work);
  };

  return {
    server: async (name, side) => {
      await endpointOf(name, side);
      return lentServer(name, async (work) => withClient(await endpointOf(name, side), side, work));
    },
    relay: (source, target) =>
      withRelay(source, target, async () => (request) => withRelay(source, target, ({ relay }) => relay(request))),
    upload: (target) =>
      withUpload(target, async () => (request) => withUpload(target, ({ upload }) => upload(request))),
    close: async () => {
      await relays.close();
      await uploads.close();
      await clients.close();
    },
  };
}
