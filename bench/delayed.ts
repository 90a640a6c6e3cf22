import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export interface Delayed {
  /** Leads to the server. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Puts a proxy before a server that holds back all bytes, in both directions, for so long. */
export async function delayed(url: string, ms: number): Promise<Delayed> {
  const child = fork(join(import.meta.dirname, 'delay-proxy.ts'), [url, String(ms)]);
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
