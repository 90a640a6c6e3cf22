// A process of its own: node bench/delay-proxy.ts URL MILLISECONDS listens on a free port, tells it to its parent, and passes all
// bytes on, each so much later. It adds latency alone: neither a connection's handshake nor its bandwidth is any slower.
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

const [url = '', delay = '0'] = process.argv.slice(2);
const upstream = new URL(url);
const delayMs = Number(delay);

interface Parcel {
  readonly dueAt: number;
  readonly deliver: () => void;
}

/** All wait equally long: what came first is due first, and one timer serves all. */
const waiting: Parcel[] = [];

function later(deliver: () => void): void {
  waiting.push({ dueAt: performance.now() + delayMs, deliver });
  if (waiting.length === 1) setTimeout(deliverDue, delayMs);
}

function deliverDue(): void {
  const now = performance.now();
  let due = 0;
  while (due < waiting.length && (waiting[due]?.dueAt ?? 0) <= now) due += 1;
  const parcels = waiting.slice(0, due);
  for (const { deliver } of parcels) deliver();
  waiting.splice(0, due);
  const next = waiting[0];
  if (next) setTimeout(deliverDue, Math.max(1, Math.ceil(next.dueAt - performance.now())));
}

function pass(from: Socket, to: Socket): void {
  from.setNoDelay(true);
  from.on('data', (piece) => later(() => void (to.destroyed || to.write(piece))));
  from.on('end', () => later(() => to.end()));
  from.on('close', () => later(() => to.destroy()));
  from.on('error', () => from.destroy());
}

const server = createServer({ allowHalfOpen: true }, (client) => {
  const onward = connect({ port: Number(upstream.port), host: upstream.hostname, allowHalfOpen: true });
  pass(client, onward);
  pass(onward, client);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());
