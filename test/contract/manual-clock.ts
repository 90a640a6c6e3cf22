import type { Clock } from '../../functions/core/ports.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that the test moves. Sleepers wake in order of their time. */
export class ManualClock implements Clock {
  #now: number;
  #sleepers: readonly Sleeper[] = [];

  constructor(now = 1_700_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const sleeper = { until: this.#now + ms, wake: resolve };
      this.#sleepers = [...this.#sleepers, sleeper];
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        resolve();
      });
    });
  }

  /** Milliseconds. What the sleepers then do has been done when it returns, as far as it waits for nothing but promises. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = this.#sleepers.filter((s) => s.until <= end).sort((a, b) => a.until - b.until);
      if (!next) break;
      this.#now = Math.max(this.#now, next.until);
      this.#sleepers = this.#sleepers.filter((other) => other !== next);
      next.wake();
    }
    this.#now = end;
    await settle();
  }
}

/** Lets everything run that waits for promises alone. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
