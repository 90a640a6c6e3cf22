import { finalCount } from '../../functions/core/counts.ts';
import type { Unit } from '../output/format.ts';
import { unitOf } from '../output/unit.ts';
import type { RunProgress } from '../runtime/observe.ts';
import { type Blocked, blockedOf } from './blocked.ts';
import { type Phase, phaseOf } from './phase.ts';
import { SlidingWindow } from './window.ts';

/** What a progress display shows. */
export interface Snapshot {
  readonly phase: Phase;
  readonly unit: Unit;
  readonly round: number;
  readonly elapsedMs: number;
  /** The totals are lower bounds: the source is still being listed. */
  readonly atLeast: boolean;
  readonly instances: { readonly done: number; readonly total: number; readonly perSecond: number };
  /** `total` is estimated; `perSecond` is what goes over the wire. */
  readonly bytes: { readonly done: number; readonly total: number; readonly perSecond: number };
  readonly alreadyThere: number;
  readonly sent: number;
  readonly failed: number;
  /** With a warning. */
  readonly warned: number;
  /** Failed for now, to be tried again in the next round. */
  readonly again: number;
  /** Planned, and not begun or not finished. */
  readonly waiting: number;
  /** Absent while it cannot be told. */
  readonly etaMs?: number;
  /** Absent where others do the work. */
  readonly transfers?: { readonly running: number; readonly limit: number };
  readonly blocked: readonly Blocked[];
}

/** Rates are told from when there is this much to tell them from; milliseconds. */
const FIRST_ETA_MS = 3000;

/** Turns looks at a running job into what a display shows. */
export class Meter {
  readonly #window = new SlidingWindow();
  readonly #begunAt: number;
  #sentBefore: { readonly instances: number; readonly bytes: number } | undefined;

  constructor(begunAt: number) {
    this.#begunAt = begunAt;
  }

  look(progress: RunProgress): Snapshot {
    const { job, counts, open, live, now } = progress;
    this.#sentBefore ??= { instances: counts.sent - live.instances, bytes: counts.sentBytes - live.bytes };
    // Sent by this process, of chunks that are not closed: the job store does not know of it yet.
    const ahead = {
      instances: clamp(live.instances - (counts.sent - this.#sentBefore.instances), open.instances),
      bytes: clamp(live.bytes - (counts.sentBytes - this.#sentBefore.bytes), open.bytes),
    };
    const done = finalCount(counts) + ahead.instances;
    const doneBytes = counts.finalBytes + ahead.bytes;
    // Rates are those of working time: what comes after an outage is not told from the standstill.
    if (progress.blocked.length > 0) this.#window.clear();
    this.#window.add(now, [done, doneBytes, live.bytes]);
    const left = { instances: open.instances - ahead.instances, bytes: open.bytes - ahead.bytes };
    const blocked = blockedOf(progress);
    const eta = progress.listing || blocked.length > 0 ? undefined : this.#eta(left, now);
    return {
      phase: phaseOf(progress),
      unit: unitOf(job.kind),
      round: job.round,
      elapsedMs: now - this.#begunAt,
      atLeast: progress.listing,
      instances: {
        done,
        total: finalCount(counts) + counts.unsettled + open.instances,
        perSecond: this.#window.perSecond(0),
      },
      bytes: { done: doneBytes, total: counts.finalBytes + open.bytes, perSecond: this.#window.perSecond(2) },
      alreadyThere: counts.alreadyThere,
      sent: counts.sent + ahead.instances,
      failed: counts.failure,
      warned: counts.warning,
      again: counts.unsettled,
      waiting: left.instances,
      ...(eta !== undefined && { etaMs: eta }),
      ...(live.running !== undefined &&
        live.limit !== undefined && { transfers: { running: live.running, limit: live.limit } }),
      blocked,
    };
  }

  /** By instances and by bytes; the later one, since small files cost requests and large ones bandwidth. */
  #eta(left: { instances: number; bytes: number }, now: number): number | undefined {
    if (now - this.#begunAt < FIRST_ETA_MS || left.instances <= 0) return undefined;
    const times = [left.instances / this.#window.perSecond(0), left.bytes / this.#window.perSecond(1)];
    const known = times.filter(Number.isFinite);
    return known.length === 0 ? undefined : Math.max(...known) * 1000;
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
