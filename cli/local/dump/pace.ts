/** Where calls take longer on average (milliseconds), they wait for a disk or a network. */
const SLOW_MS = 0.3;
/** How much one call counts in the average: a single one may have waited for nothing but the processor. */
const WEIGHT = 1 / 32;
/** For how long (milliseconds) calls are left to other threads then. */
const PAUSE_MS = 1000;

/**
 * Whether calls of the file system may be waited for. Out of memory or from a quick disk they take microseconds, and to hand each one to
 * a thread costs ten times as much; from a slow disk or over a network they must not hold up everything else.
 */
class Pace {
  #average = 0;
  #quickFrom = 0;

  get quick(): boolean {
    return performance.now() >= this.#quickFrom;
  }

  /** Makes a call and waits for it. Raises what it raises. */
  wait<T>(call: () => T): T {
    const begun = performance.now();
    try {
      return call();
    } finally {
      this.#count(begun, performance.now());
    }
  }

  #count(begun: number, ended: number): void {
    this.#average += (ended - begun - this.#average) * WEIGHT;
    if (this.#average <= SLOW_MS) return;
    this.#average = 0;
    this.#quickFrom = ended + PAUSE_MS;
  }
}

/** Of looking at names, opening and closing, in all dumps of the process. */
export const pace = new Pace();
/** Of reading what is in files: names may well be in memory where that is not. */
export const readPace = new Pace();
