/** Latencies are compared among transfers of like size: bucket n holds sizes from 2^n bytes. */
function bucketOf(bytes: number): number {
  return Math.floor(Math.log2(Math.max(bytes, 1)));
}

/** Above this multiple of the best latency seen, more parallelism only makes a queue at the server. */
const GROW_BELOW = 2;
const SHRINK_ABOVE = 4;
const SMOOTHING = 0.2;

/** Beside the few that keep a server busy (4 with SQLite) there are enough on their way to hash eight at once (core/md5). */
const INITIAL = 12;

interface Latency {
  best: number;
  mean: number;
}

/**
 * How many transfers may run at once, up to a maximum that can be changed at any time. It begins with a few and grows by one for each
 * transfer until latency tells that the server has as much as it can do at a time; from then on it grows and shrinks slowly with
 * latency, and is halved on overload (429, 5xx, timeout). Latency alone makes it no smaller than it began: other programs on the
 * server's machine lengthen it, too.
 */
export class AdaptiveLimit {
  #maximum: number;
  #limit: number;
  readonly #calm: number;
  #starting = true;
  #credit = 0;
  #halvedAt = Number.NEGATIVE_INFINITY;
  readonly #latencies = new Map<number, Latency>();

  constructor(maximum: number, initial = INITIAL) {
    this.#maximum = Math.max(1, maximum);
    this.#limit = Math.min(initial, this.#maximum);
    this.#calm = Math.max(initial, 2);
  }

  get current(): number {
    return Math.floor(this.#limit);
  }

  setMaximum(maximum: number): void {
    this.#maximum = Math.max(1, maximum);
    this.#limit = Math.min(this.#limit, this.#maximum);
  }

  /** A transfer of so many bytes took so long, in milliseconds, while the limit was in use. */
  succeeded(bytes: number, ms: number): void {
    const latency = this.#observe(bytes, Math.max(ms, 0.1));
    const strain = latency.mean / latency.best;
    this.#starting &&= strain < GROW_BELOW && this.#limit < this.#maximum;
    if (this.#starting) {
      this.#limit = Math.min(this.#limit + 1, this.#maximum);
      return;
    }
    if (strain > SHRINK_ABOVE) this.#credit -= 1;
    else if (strain < GROW_BELOW) this.#credit += 1;
    if (this.#credit >= this.#limit) {
      this.#limit = Math.min(this.#limit + 1, this.#maximum);
      this.#credit = 0;
    } else if (this.#credit <= -this.#limit) {
      // With so little parallelism it cannot be we who make a queue: the server has become slower, and that is its best now.
      if (this.#limit <= this.#calm) latency.best = latency.mean;
      else this.#limit -= 1;
      this.#credit = 0;
    }
  }

  /** The server pushed back. Transfers that were under way together tell of one overload: it halves once a second at most. */
  overloaded(now: number): void {
    if (now - this.#halvedAt < 1000) return;
    this.#halvedAt = now;
    this.#starting = false;
    this.#limit = Math.max(1, this.#limit / 2);
    this.#credit = 0;
  }

  #observe(bytes: number, ms: number): Latency {
    const bucket = bucketOf(bytes);
    const known = this.#latencies.get(bucket);
    if (!known) {
      const first = { best: ms, mean: ms };
      this.#latencies.set(bucket, first);
      return first;
    }
    known.mean += SMOOTHING * (ms - known.mean);
    known.best = Math.min(known.best, ms);
    return known;
  }
}
