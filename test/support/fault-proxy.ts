import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchange } from './fault-exchange.ts';
import type { ActiveFault, Fault } from './fault-rules.ts';
import { freePort } from './ports.ts';
import { Traffic } from './traffic.ts';

export interface FaultProxy {
  /** `http://127.0.0.1:port/` */
  readonly url: string;
  readonly port: number;
  /** Counted since the start or the last `resetTraffic`. */
  readonly traffic: Traffic;
  resetTraffic(): void;
  /** Adds a fault; the first of all that applies to a request wins. The result tells how often it hit. */
  fault(fault: Fault): Promise<{ readonly hits: number }>;
  /** Takes all faults and delays away and listens again. */
  clear(): Promise<void>;
  /** Milliseconds to wait before the request, and before the answer, is passed on. */
  delay(ms: { readonly request?: number; readonly response?: number }): void;
  /** Breaks all connections and refuses new ones. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** Breaks all connections, once. */
  breakConnections(): void;
  stop(): Promise<void>;
}

/**
 * A proxy in front of a real server that makes things go wrong on demand. Each client connection has its own connection to
 * the server and lives as long as that one, so that the client sees the server's own keep-alive behaviour. While nothing
 * listens at the server, new connections are refused here, too.
 */
export async function startFaultProxy(serverUrl: string): Promise<FaultProxy> {
  const upstream = new URL(serverUrl);
  const faults: ActiveFault[] = [];
  const delays = { request: 0, response: 0 };
  let traffic = new Traffic();
  let stopped = false;
  let refusing = false;
  const port = await freePort();

  const handler = (request: IncomingMessage, response: ServerResponse) => {
    const context = { upstream, faults, delays, traffic, serverIsDown: () => void followServer() };
    void exchange(context, request, response);
  };
  // Timeouts are the server's business.
  const http = createServer(
    { keepAliveTimeout: 0, requestTimeout: 0, connectionsCheckingInterval: 86_400_000 },
    handler,
  );
  http.headersTimeout = 0;

  const accept = async () => {
    refusing = false;
    if (!http.listening && !stopped) await listen(http, port);
  };
  const deafen = async () => {
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
  };
  let following = false;
  const followServer = async () => {
    if (following || !http.listening) return;
    following = true;
    await deafen();
    while (!stopped && !refusing && !(await listens(upstream))) await sleep(50);
    following = false;
    if (!refusing) await accept();
  };

  await accept();
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    get traffic() {
      return traffic;
    },
    resetTraffic() {
      traffic = new Traffic();
    },
    async fault(fault) {
      const active: ActiveFault = { fault, hits: 0, matched: 0 };
      faults.push(active);
      return active;
    },
    async clear() {
      faults.length = 0;
      Object.assign(delays, { request: 0, response: 0 });
      await accept();
    },
    delay: ({ request = 0, response = 0 }) => void Object.assign(delays, { request, response }),
    async refuse() {
      refusing = true;
      if (http.listening) await deafen();
    },
    accept,
    breakConnections: () => http.closeAllConnections(),
    async stop() {
      stopped = true;
      if (http.listening) await deafen();
    },
  };
}

function listen(server: Server, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

function listens(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
