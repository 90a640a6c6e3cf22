import type { ItemId } from '../core/ids.ts';
import { orFail } from './for-all.ts';
import type { Sent } from './judge.ts';
import type { Watch } from './process.ts';
import type { Attempt } from './worker.ts';

/** A deadline nearer than this (milliseconds) lets no further item start. */
const LAST_START_MS = 10_000;

/** Sends one item of this many bytes once the target's limits allow it, unless the attempt is over by then. */
export async function withinLimits(
  attempt: Attempt,
  id: ItemId,
  bytes: number,
  watch: Watch | undefined,
  send: () => Promise<Sent>,
): Promise<Sent> {
  const begin = async (): Promise<Sent> => {
    if (!mayStart(attempt)) return { kind: 'given-up' };
    await watch?.before(id);
    const sent = await send();
    // The mark stays on an item under which the target broke down, or for which all the time was too short, and on nobody else.
    if (sent.kind !== 'given-up' || !(brokeDown(attempt) || wasTooSlow(attempt))) await watch?.after(id);
    return sent;
  };
  // Noted before the place is free: whoever is next must not begin.
  return attempt.pool.run(bytes, () => orFail(attempt, begin()));
}

/** Whether anything more may be begun in this attempt. */
export function mayStart({ blockage, hasFailed, deadline }: Attempt): boolean {
  return !blockage && !hasFailed && deadline.remainingMs() >= LAST_START_MS;
}

/** What `send` brings; `undefined` when the attempt is over before it does. */
export async function unlessOver<T>({ over }: Attempt, send: () => Promise<T>): Promise<T | undefined> {
  try {
    return await send();
  } catch (error) {
    if (over?.aborted && error === over.reason) return undefined;
    throw error;
  }
}

/** All the time there is has passed, and the target has taken nothing: that will not be different the next time. */
export function wasTooSlow({ over, hasStored }: Attempt): boolean {
  return over?.aborted === true && !hasStored;
}

function brokeDown(attempt: Attempt): boolean {
  return attempt.blockage?.crashed ?? false;
}
