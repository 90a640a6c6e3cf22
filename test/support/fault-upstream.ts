import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** The one connection to the server that belongs to a client's connection. */
interface Link {
  readonly agent: Agent;
  active: number;
  readonly known: WeakSet<Socket>;
}

/** Keeps idle connections until the server closes them: Node's own would drop them at once on `Keep-Alive: timeout=1`. */
class PatientAgent extends Agent {
  override keepSocketAlive(): boolean {
    return true;
  }
}

const links = new WeakMap<Socket, Link>();

/** Begins the same request at the server; its body is still to be written. */
export function openUpstream(upstream: URL, request: IncomingMessage): ClientRequest {
  const link = linkOf(request.socket);
  const { connection: _, ...headers } = request.headers;
  const outgoing = httpRequest({
    host: upstream.hostname,
    port: upstream.port,
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers,
    agent: link.agent,
  });
  link.active += 1;
  outgoing.once('close', () => {
    link.active -= 1;
  });
  outgoing.once('socket', (socket) => {
    if (link.known.has(socket)) return;
    link.known.add(socket);
    // The server closes idle connections: pass that on, as the client has to live with it.
    socket.once('close', () => {
      if (link.active === 0) request.socket.destroySoon();
    });
  });
  return outgoing;
}

function linkOf(client: Socket): Link {
  const known = links.get(client);
  if (known) return known;
  const link: Link = { agent: new PatientAgent({ keepAlive: true, maxSockets: 1 }), active: 0, known: new WeakSet() };
  links.set(client, link);
  client.once('close', () => link.agent.destroy());
  return link;
}
