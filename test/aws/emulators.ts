// A process of its own, since SQS and S3 are to live by the clock of the rig: fauxqs and dynalite.
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type ClockSettings, liveBy } from './clock.ts';

export type ToEmulators = { readonly clock: ClockSettings } | { readonly moved: number };
/** URLs of what has been started. */
export interface EmulatorAddresses {
  readonly fauxqs: string;
  readonly dynalite: string;
}

type Dynalite = (options: { readonly createTableMs: number }) => Server;

let move: ((moved: number) => void) | undefined;

process.on('message', (message: ToEmulators) => {
  if ('moved' in message) move?.(message.moved);
  else {
    move = liveBy(message.clock);
    void start();
  }
});

async function start(): Promise<void> {
  // Only now: what is loaded keeps the timers that it finds.
  const { startFauxqs } = await import('fauxqs');
  const dynalite = createRequire(import.meta.url)('dynalite') as Dynalite;
  const fauxqs = await startFauxqs({ port: 0, logger: false });
  const tables = dynalite({ createTableMs: 0 });
  tables.listen(0, '127.0.0.1', () => {
    const { port } = tables.address() as AddressInfo;
    const addresses: EmulatorAddresses = {
      fauxqs: `http://127.0.0.1:${fauxqs.port}`,
      dynalite: `http://127.0.0.1:${port}`,
    };
    process.send?.(addresses);
  });
}
