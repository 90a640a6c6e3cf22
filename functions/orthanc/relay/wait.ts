/**
 * Somebody waiting for one thing, with a deadline that is checked from outside: a timer for each wait would cost more than the
 * request that it guards.
 */
export class Wait {
  readonly what: string;
  #resolve: ((bytes: number) => void) | undefined;
  #reject: ((reason: unknown) => void) | undefined;
  /** Milliseconds on the clock of `performance.now`. */
  #deadline = Number.POSITIVE_INFINITY;

  /** @param what is named when it lasted too long. */
  constructor(what: string) {
    this.what = what;
  }

  get active(): boolean {
    return this.#resolve !== undefined;
  }

  begin(patienceMs: number): Promise<number> {
    this.extend(patienceMs);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Lets it last so much longer from now on. */
  extend(patienceMs: number): void {
    this.#deadline = performance.now() + patienceMs;
  }

  expired(now: number): boolean {
    return this.active && this.#deadline <= now;
  }

  settle(bytes: number): void {
    const resolve = this.#resolve;
    this.#clear();
    resolve?.(bytes);
  }

  fail(reason: unknown): void {
    const reject = this.#reject;
    this.#clear();
    reject?.(reason);
  }

  #clear(): void {
    this.#resolve = undefined;
    this.#reject = undefined;
  }
}
