import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';

/** A clock that runs faster than the machine's, and can be moved forward: the same in every process of a rig. */
export interface ClockSettings {
  /** Machine's time at which both clocks agree, milliseconds since the epoch. */
  readonly origin: number;
  /** How many seconds of this clock one second of the machine's is. */
  readonly factor: number;
  /** By how much it was moved forward, milliseconds. */
  readonly moved: number;
}

const machineNow = Date.now.bind(Date);
/** Node takes less for 1 ms; an emulator that looks at its queues each 20 ms would do nothing else. */
const SHORTEST_INTERVAL_MS = 4;

export function timeOf({ origin, factor, moved }: ClockSettings): number {
  return origin + (machineNow() - origin) * factor + moved;
}

/**
 * Makes everything in this process live by that clock: `Date`, timers, `performance.now()`. To be called before anything that
 * reads the time is loaded. The result moves the clock; timers that wait already are not hastened by that.
 */
export function liveBy(settings: ClockSettings): (moved: number) => void {
  let moved = settings.moved;
  const now = () => Math.floor(timeOf({ ...settings, moved }));
  replaceDate(now);
  replaceTimers(settings.factor);
  const machinePerformance = performance.now.bind(performance);
  performance.now = () => machinePerformance() * settings.factor + moved;
  return (next) => {
    moved = next;
  };
}

function replaceDate(now: () => number): void {
  const MachineDate = Date;
  MachineDate.now = now;
  globalThis.Date = new Proxy(MachineDate, {
    construct: (target, args: [], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    apply: () => new MachineDate(now()).toString(),
  });
}

function replaceTimers(factor: number): void {
  const { setTimeout: machineTimeout, setInterval: machineInterval } = globalThis;
  const { setTimeout: machineSleep } = timersPromises;
  const machineSignal = AbortSignal.timeout.bind(AbortSignal);
  const shorter = (ms: unknown) => Number(ms ?? 0) / factor;
  const timeout = (run: () => void, ms?: number, ...args: []) => machineTimeout(run, shorter(ms), ...args);
  const interval = (run: () => void, ms?: number, ...args: []) =>
    machineInterval(run, Math.max(SHORTEST_INTERVAL_MS, shorter(ms)), ...args);
  const replaced = {
    setTimeout: Object.assign(timeout, machineTimeout),
    setInterval: Object.assign(interval, machineInterval),
  };
  Object.assign(globalThis, replaced);
  Object.assign(timers, replaced);
  const sleep: typeof machineSleep = (ms, value, options) => machineSleep(shorter(ms), value, options);
  Object.assign(timersPromises, { setTimeout: sleep });
  AbortSignal.timeout = (ms) => machineSignal(shorter(ms));
  syncBuiltinESMExports();
}
