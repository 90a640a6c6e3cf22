import { rateAt, type Timetable } from '../core/bandwidth.ts';
import type { Clock } from '../core/ports.ts';

/** Spreads bytes evenly over time at the rate that the timetable gives for the moment. */
export class Throttle {
  readonly #clock: Clock;
  readonly #sharers: number;
  #timetable: Timetable | undefined;
  /** When the line is free again, milliseconds since the epoch. */
  #freeAt = 0;

  constructor(clock: Clock, sharers = 1) {
    this.#clock = clock;
    this.#sharers = sharers;
  }

  set timetable(timetable: Timetable | undefined) {
    this.#timetable = timetable;
  }

  /** What waits until so many bytes may pass; absent while nothing is limited, as bodies then go in pieces as large as they come. */
  get limiting(): ((bytes: number) => Promise<void>) | undefined {
    return this.#timetable && this.#pass;
  }

  readonly #pass = async (bytes: number): Promise<void> => {
    if (!this.#timetable) return;
    const now = this.#clock.now();
    const rate = rateAt(this.#timetable, new Date(now)) / this.#sharers;
    if (!Number.isFinite(rate)) return;
    const start = Math.max(now, this.#freeAt);
    this.#freeAt = start + (bytes / rate) * 1000;
    if (start > now) await this.#clock.sleep(start - now);
  };
}
