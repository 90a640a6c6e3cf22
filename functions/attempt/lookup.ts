import { messageOf } from '../core/errors.ts';
import type { OrthancId } from '../core/ids.ts';
import { writesTarget } from '../core/job.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { Absence, Hints, OrthancServer, Recorded } from '../orthanc/server.ts';
import { mayBlockAgain } from './outage.ts';
import { type Attempt, type Blockage, serverOf } from './worker.ts';

export type Asked<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'blocked'; readonly blockage: Blockage }
  /** The server answers `/system`, but not this, and was waited for in vain. */
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
export function lookUp(
  attempt: Attempt,
  server: OrthancServer,
  ids: readonly OrthancId[],
  hints: Hints,
  absence: Absence = 'proven',
): Promise<Asked<ReadonlyMap<OrthancId, Recorded>>> {
  return ask(attempt, async () => (ids.length === 0 ? new Map() : server.recorded(ids, hints, absence)));
}

/**
 * How sure it must be that the target has something not: what is sent then shows it, but for anything else that is an outcome.
 *
 * @param allAreNew whether every entry is sent, should the target not have it.
 */
export function absenceFor({ job }: Attempt, allAreNew: boolean): Absence {
  return writesTarget(job.kind) && allAreNew ? 'likely' : 'proven';
}

/** Asks the servers something, with quick retries. */
export async function ask<T>(attempt: Attempt, question: () => Promise<T>): Promise<Asked<T>> {
  const { quickTries, quickDelayMs } = attempt.worker.retries;
  for (let tried = 1; ; tried += 1) {
    try {
      return { kind: 'found', value: await question() };
    } catch (error) {
      if (!(error instanceof OrthancError)) throw error;
      const blockage = await blockageOf(serverOf(attempt, error.side), error);
      if (blockage) return { kind: 'blocked', blockage };
      attempt.worker.ports.log.warn({ endpoint: error.endpoint, tried }, `look-up failed: ${messageOf(error)}`);
      if (tried >= quickTries) return givenUp(attempt, error);
      await attempt.worker.ports.clock.sleep(quickDelayMs * 2 ** (tried - 1));
    }
  }
}

/** A question is about all instances of a chunk: that it fails speaks of the server, not of them. */
async function givenUp(attempt: Attempt, error: OrthancError): Promise<Asked<never>> {
  const { side, message } = error;
  if (!(await mayBlockAgain(attempt, side))) return { kind: 'failing', error };
  return { kind: 'blocked', blockage: { side, gate: 'FAILING', message, crashed: false } };
}

async function blockageOf(server: OrthancServer, error: OrthancError): Promise<Blockage | undefined> {
  const { side, verdict } = error;
  if (verdict.gate) return { side, gate: verdict.gate, message: error.message, crashed: false };
  const gone = await unreachable(server);
  if (!gone) return undefined;
  return { side, gate: gone.verdict.gate ?? 'FAILING', message: gone.message, crashed: false };
}
