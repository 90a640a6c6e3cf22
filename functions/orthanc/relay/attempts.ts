import type { RelayResult } from '../server.ts';

/** `stale`: the target closed a kept-alive connection before it had the whole body, and stored nothing. */
export type Attempt = RelayResult | { readonly kind: 'stale' };

/** One attempt to bring one instance to the target. */
export interface Attempting {
  /** Raises the reason of a `cancel`, and what `throttle` or the body raises. */
  run(): Promise<Attempt>;
  /** Ends its connections. */
  cancel(reason: unknown): void;
}

/** Why connections are ended that an attempt did not give back: whatever they were in the middle of is not wanted. */
export const ENDED = new Error('the attempt has ended');

/**
 * @param aborted rejects when all is to be given up.
 * @param freshTarget not on a connection to the target that was used before.
 */
type Begin = (aborted: Promise<never> | undefined, freshTarget: boolean) => Attempting;

/** Tries again at once, on a new connection, when the target had closed a kept-alive one. Raises the reason of the signal. */
export async function attempts(signal: AbortSignal | undefined, begin: Begin): Promise<RelayResult> {
  if (!signal) return untilFresh((freshTarget) => begin(undefined, freshTarget));
  signal.throwIfAborted();
  let current: Attempting | undefined;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  aborted.catch(() => undefined);
  const abort = () => {
    reject(signal.reason);
    current?.cancel(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await untilFresh((freshTarget) => {
      signal.throwIfAborted();
      current = begin(aborted, freshTarget);
      return current;
    });
  } catch (error) {
    // Whatever else gave up because of it, in its own words.
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function untilFresh(begin: (freshTarget: boolean) => Attempting): Promise<RelayResult> {
  for (let freshTarget = false; ; freshTarget = true) {
    const attempt = await begin(freshTarget).run();
    if (attempt.kind !== 'stale') return attempt;
  }
}
