import { describe, expect, it } from '@jest/globals';
import { AdaptiveLimit } from '../../../functions/core/adaptive-limit.ts';

function feed(limit: AdaptiveLimit, times: number, latency: (current: number) => number): void {
  for (let i = 0; i < times; i += 1) limit.succeeded(10_000, latency(limit.current));
}

describe('the adaptive limit', () => {
  it('grows to its maximum while latency holds', () => {
    const limit = new AdaptiveLimit(32);
    feed(limit, 2000, () => 10);
    expect(limit.current).toBe(32);
  });

  it('needs few transfers to get there', () => {
    const limit = new AdaptiveLimit(64);
    feed(limit, 60, () => 85);
    expect(limit.current).toBe(64);
  });

  it('is no smaller than at the start for latency alone, however much it varies', () => {
    const limit = new AdaptiveLimit(32, 8);
    let least = limit.current;
    for (let i = 0; i < 2000; i += 1) {
      limit.succeeded(10_000, i % 50 === 0 ? 1 : 40 + (i % 7) * 20);
      least = Math.min(least, limit.current);
    }
    expect(least).toBe(8);
  });

  it('stops near the parallelism that a server of four hands can serve', () => {
    const limit = new AdaptiveLimit(64, 1);
    feed(limit, 5000, (current) => 10 * Math.max(1, current / 4));
    expect(limit.current).toBeGreaterThanOrEqual(4);
    expect(limit.current).toBeLessThanOrEqual(20);
  });

  it('grows again at a server that has become slower for good', () => {
    const limit = new AdaptiveLimit(16, 8);
    feed(limit, 100, () => 1);
    feed(limit, 1000, () => 50);
    feed(limit, 1000, () => 50);
    expect(limit.current).toBe(16);
  });

  it('halves on overload, once a second at most, and never goes below one', () => {
    const limit = new AdaptiveLimit(32, 16);
    limit.overloaded(0);
    limit.overloaded(500);
    expect(limit.current).toBe(8);
    for (let second = 1; second < 10; second += 1) limit.overloaded(second * 1000);
    expect(limit.current).toBe(1);
  });

  it('obeys a maximum that is changed while it is used', () => {
    const limit = new AdaptiveLimit(32, 16);
    limit.setMaximum(3);
    expect(limit.current).toBe(3);
    limit.setMaximum(5);
    feed(limit, 200, () => 10);
    expect(limit.current).toBe(5);
  });
});
