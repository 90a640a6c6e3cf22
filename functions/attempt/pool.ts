import { AdaptiveLimit } from '../core/adaptive-limit.ts';
import { parseBandwidth } from '../core/bandwidth.ts';
import type { Clock, Limits } from '../core/ports.ts';
import { Throttle } from './throttle.ts';

/**
 * Parallel transfers at most, unless the user says otherwise. On a long line each spends half of its time with either server, so that
 * neither has more than about 32 requests at once (the relay's own limit; Orthanc serves 50, HttpThreadsCount).
 */
export const DEFAULT_TRANSFERS = 64;
/** A target holds about three times a posted file in memory: 256 MB in flight are 0.8 GB there. */
export const DEFAULT_INFLIGHT_BYTES = 256 * 1024 * 1024;

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/** What went through this process, for a progress display. */
export interface PoolStatistics {
  /** Instances and bytes whose transfer ended well. */
  readonly instances: number;
  readonly bytes: number;
  readonly running: number;
  readonly limit: number;
}

/** Admits transfers to one target, in order, within an adaptive number of requests and a budget of bytes. Shared by all chunks of the process. */
export class TransferPool {
  readonly throttle: Throttle;
  readonly #clock: Clock;
  readonly #sharers: number;
  readonly #limit = new AdaptiveLimit(DEFAULT_TRANSFERS);
  readonly #waiting: Waiting[] = [];
  #budget = DEFAULT_INFLIGHT_BYTES;
  #bandwidth: string | undefined;
  #running = 0;
  #inflight = 0;
  #instances = 0;
  #bytes = 0;

  /** `sharers`: processes that share the target's limits, each of which takes its part of them. */
  constructor(clock: Clock, sharers = 1) {
    this.#clock = clock;
    this.#sharers = sharers;
    this.throttle = new Throttle(clock, sharers);
  }

  configure(limits: Limits | undefined): void {
    this.#limit.setMaximum(Math.floor((limits?.transfers ?? DEFAULT_TRANSFERS) / this.#sharers));
    this.#budget = (limits?.inflightBytes ?? DEFAULT_INFLIGHT_BYTES) / this.#sharers;
    if (limits?.bandwidth !== this.#bandwidth) {
      this.#bandwidth = limits?.bandwidth;
      this.throttle.timetable = this.#bandwidth === undefined ? undefined : parseBandwidth(this.#bandwidth);
    }
    this.#admit();
  }

  /** Runs the transfer when there is room. An instance larger than the whole budget goes when nothing else is on its way. */
  async run<T>(bytes: number, transfer: () => Promise<T>): Promise<T> {
    if (!this.#hasRoom(bytes) || this.#waiting.length > 0)
      await new Promise<void>((resolve) => this.#waiting.push({ bytes, admit: resolve }));
    else this.#enter(bytes);
    try {
      return await transfer();
    } finally {
      this.#running -= 1;
      this.#inflight -= bytes;
      this.#admit();
    }
  }

  succeeded(bytes: number, startedAt: number): void {
    this.#instances += 1;
    this.#bytes += bytes;
    this.#limit.succeeded(bytes, this.#clock.now() - startedAt);
  }

  overloaded(): void {
    this.#limit.overloaded(this.#clock.now());
  }

  statistics(): PoolStatistics {
    return { instances: this.#instances, bytes: this.#bytes, running: this.#running, limit: this.#limit.current };
  }

  #hasRoom(bytes: number): boolean {
    if (this.#running === 0) return true;
    return this.#running < this.#limit.current && this.#inflight + bytes <= this.#budget;
  }

  #enter(bytes: number): void {
    this.#running += 1;
    this.#inflight += bytes;
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next && this.#hasRoom(next.bytes); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#enter(next.bytes);
      next.admit();
    }
  }
}
