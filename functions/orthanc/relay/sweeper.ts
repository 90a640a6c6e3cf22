import type { Limits } from './options.ts';
import type { Pool } from './pool.ts';

const SWEEP_MS = 250;

/** Ends whatever waits too long in these pools. One timer for all waits: setting one for each request would cost more than a request. */
export function startSweeper(limits: Limits, pools: readonly Pool[]): NodeJS.Timeout {
  return setInterval(() => {
    const now = performance.now();
    for (const pool of pools) pool.sweep(now);
  }, intervalOf(limits)).unref();
}

function intervalOf(limits: Limits): number {
  return Math.max(5, Math.min(SWEEP_MS, ...Object.values(limits).map((ms: number) => (ms === 0 ? SWEEP_MS : ms / 4))));
}
