import { eachBounded } from '../core/bounded.ts';
import type { Attempt } from './worker.ts';

/**
 * Does the work for all items of an attempt at the same time. After an error nothing more is sent, and what is on its way is waited for:
 * whoever tries the chunk again would meet it. Raises the first error.
 */
export async function forAll<T>(
  attempt: Attempt,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  await eachBounded(items, items.length, (item) => orFail(attempt, work(item)));
}

/** Notes that work of the attempt has failed in a way that is no outcome. */
export async function orFail<T>(attempt: Attempt, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    attempt.hasFailed = true;
    throw error;
  }
}
