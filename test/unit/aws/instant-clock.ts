import type { Clock } from '../../../functions/core/ports.ts';

export interface InstantClock extends Clock {
  /** Milliseconds of each sleep so far. */
  readonly slept: number[];
  /** Milliseconds since the epoch; may be set. */
  time: number;
}

/** A clock on which every sleep is over at once, and takes its time all the same. */
export function instantClock(): InstantClock {
  const slept: number[] = [];
  return {
    slept,
    time: 1_700_000_000_000,
    now() {
      return this.time;
    },
    async sleep(ms) {
      slept.push(ms);
      this.time += ms;
    },
  };
}
