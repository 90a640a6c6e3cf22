import { messageOf } from '../core/errors.ts';
import type { OrthancId } from '../core/ids.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { OrthancServer, Recorded } from '../orthanc/server.ts';
import type { Attempt, Blockage } from './worker.ts';

export type Looked =
  | { readonly kind: 'found'; readonly recorded: ReadonlyMap<OrthancId, Recorded> }
  | { readonly kind: 'blocked'; readonly blockage: Blockage }
  /** The server answers `/system`, but not this. */
  | { readonly kind: 'failing'; readonly error: OrthancError };

/** Whether the server still answers; a message when it does not. */
export async function unreachable(server: OrthancServer): Promise<OrthancError | undefined> {
  try {
    await server.system();
    return undefined;
  } catch (error) {
    if (error instanceof OrthancError) return error;
    throw error;
  }
}

/** Asks a server for size and MD5 of many instances, with quick retries. */
export async function lookUp(
  attempt: Attempt,
  server: OrthancServer,
  ids: readonly OrthancId[],
  studies: ReadonlyMap<OrthancId, OrthancId>,
): Promise<Looked> {
  const { quickTries, quickDelayMs } = attempt.worker.retries;
  for (let tried = 1; ; tried += 1) {
    try {
      return { kind: 'found', recorded: ids.length === 0 ? new Map() : await server.recorded(ids, studies) };
    } catch (error) {
      if (!(error instanceof OrthancError)) throw error;
      const blockage = await blockageOf(server, error);
      if (blockage) return { kind: 'blocked', blockage };
      attempt.worker.ports.log.warn({ endpoint: server.name, tried }, `look-up failed: ${messageOf(error)}`);
      if (tried >= quickTries) return { kind: 'failing', error };
      await attempt.worker.ports.clock.sleep(quickDelayMs * 2 ** (tried - 1));
    }
  }
}

async function blockageOf(server: OrthancServer, error: OrthancError): Promise<Blockage | undefined> {
  const { side, verdict } = error;
  if (verdict.gate) return { side, gate: verdict.gate, message: error.message, crashed: false };
  const gone = await unreachable(server);
  if (!gone) return undefined;
  return { side, gate: gone.verdict.gate ?? 'FAILING', message: gone.message, crashed: false };
}
