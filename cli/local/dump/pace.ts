/** A call that takes longer (milliseconds) waited for a disk or a network. */
const SLOW_MS = 2;
/** For how long (milliseconds) calls are left to other threads then. */
const PAUSE_MS = 1000;

/**
 * Whether calls of the file system may be waited for. Out of memory or from a quick disk they take microseconds, and to hand each one to
 * a thread costs ten times as much; from a slow disk or over a network they must not hold up everything else.
 */
export class Pace {
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
      const ended = performance.now();
      if (ended - begun > SLOW_MS) this.#quickFrom = ended + PAUSE_MS;
    }
  }
}
