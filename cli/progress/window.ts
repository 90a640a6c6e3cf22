/** Long enough to smooth chunks and small stalls, short enough to follow a change. */
const WINDOW_MS = 20_000;

interface Sample {
  readonly at: number;
  readonly values: readonly number[];
}

/** Growth per second of a few sums over a sliding window. */
export class SlidingWindow {
  readonly #samples: Sample[] = [];

  add(at: number, values: readonly number[]): void {
    this.#samples.push({ at, values });
    // One sample older than the window stays, so that it is always covered.
    while ((this.#samples[1]?.at ?? at) < at - WINDOW_MS) this.#samples.shift();
  }

  clear(): void {
    this.#samples.length = 0;
  }

  /** Of the n-th sum; 0 until there is something to compare. */
  perSecond(n: number): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    return Math.max(0, (((last.values[n] ?? 0) - (first.values[n] ?? 0)) / (last.at - first.at)) * 1000);
  }
}
