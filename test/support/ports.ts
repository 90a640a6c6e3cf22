import { createServer } from 'node:net';

// Below the kernel's ephemeral range: an outgoing connection never takes the port of a server that is being restarted.
const FIRST = 10_240;
const LAST = 32_000;
/** Jest's workers share nothing: each has ports of its own, so that none takes that of a server which another has stopped for a while. */
const SLICES = 16;
const WIDTH = Math.floor((LAST - FIRST) / SLICES);
const slice = Number(process.env.JEST_WORKER_ID ?? Math.floor(Math.random() * SLICES)) % SLICES;
/** Nobody gets a port twice: whoever had it may want it again. */
const given = new Set<number>();

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** A TCP port of the loopback interface that nothing listens on. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = FIRST + slice * WIDTH + Math.floor(Math.random() * WIDTH);
    if (given.has(port)) continue;
    given.add(port);
    if (await canListen(port)) return port;
  }
  throw new Error('no free TCP port found in 100 attempts');
}
