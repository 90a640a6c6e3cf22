import { setTimeout as machineSleep } from 'node:timers/promises';
import { type ClockSettings, timeOf } from './clock.ts';

/**
 * How much faster than the machine's the clock of a rig runs, unless a test says otherwise: a minute between two supervisions
 * takes three seconds, and a function that may run five minutes is killed after 15 seconds.
 */
export const DEFAULT_FACTOR = 20;

/** The time of a rig. All its times, those of the template included, are of this clock. */
export interface RigTime {
  readonly factor: number;
  now(): number;
  /** The clock as a process that begins now needs it. */
  settings(): ClockSettings;
  sleep(ms: number): Promise<void>;
  /** Runs this when nothing else runs, or lets it wait until the clock has been moved. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Moves the clock forward once everything that runs has ended; the processes are told by those who listen. */
  move(ms: number): Promise<void>;
  onMove(listener: (moved: number) => void): void;
}

export function rigTime(factor = DEFAULT_FACTOR): RigTime {
  const origin = Date.now();
  const listeners: ((moved: number) => void)[] = [];
  let moved = 0;
  let running = 0;
  let moving: Promise<void> | undefined;
  const settings = () => ({ origin, factor, moved });
  const move = async (ms: number) => {
    while (running > 0) await machineSleep(5);
    moved += ms;
    for (const listener of listeners) listener(moved);
  };
  return {
    factor,
    settings,
    now: () => Math.floor(timeOf(settings())),
    sleep: (ms) => machineSleep(ms / factor),
    async run(work) {
      while (moving) await moving;
      running += 1;
      try {
        return await work();
      } finally {
        running -= 1;
      }
    },
    async move(ms) {
      while (moving) await moving;
      moving = move(ms).finally(() => {
        moving = undefined;
      });
      await moving;
    },
    onMove: (listener) => void listeners.push(listener),
  };
}
