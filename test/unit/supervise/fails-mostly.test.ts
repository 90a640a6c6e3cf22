import { expect, test } from '@jest/globals';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import type { Job } from '../../../functions/core/job.ts';
import { failsMostly } from '../../../functions/supervise/fails-mostly.ts';
import { DEFAULT_SETTINGS } from '../../../functions/supervise/settings.ts';
import { checkpoint, job } from '../../contract/samples.ts';

interface Tried {
  readonly success: number;
  readonly failure: number;
  readonly unsettled?: number;
}

function after(pages: number, counts: Tried, over: Partial<Job> = {}): Job {
  return job({ round: 1, state: 'running', harvested: { pages, counts: { ...NO_COUNTS, ...counts } }, ...over });
}

const stops = (before: Job, now: Job, kind: 'load' | 'follow-up' = 'load') =>
  failsMostly(DEFAULT_SETTINGS, checkpoint({ kind }), before, now);
const NOTHING = after(0, { success: 0, failure: 0 });

test('GIVEN most of a new job fails THEN it stops, but not for a few failures', () => {
  expect(stops(NOTHING, after(1, { success: 100, failure: 200 }))).toBe(true);
  expect(stops(NOTHING, after(1, { success: 0, failure: 199 }))).toBe(false);
  expect(stops(NOTHING, after(1, { success: 300, failure: 250 }))).toBe(false);
});

test('GIVEN a resumed job THEN what failed before is no reason to stop again', () => {
  const resumed = { baseline: { failure: 800, final: 800 } };
  const before = after(1, { success: 0, failure: 800 }, resumed);
  expect(stops(before, after(2, { success: 700, failure: 800 }, resumed))).toBe(false);
  expect(stops(before, after(2, { success: 10, failure: 1500 }, resumed))).toBe(true);
});

test('GIVEN a million that went well THEN it stops soon after everything begins to fail', () => {
  const well = after(100, { success: 1_000_000, failure: 0 });
  expect(stops(well, after(101, { success: 1_000_500, failure: 9_500 }))).toBe(true);
});

test('GIVEN a million that went well THEN a bad study, an outage and the last attempts do not stop it', () => {
  const well = after(100, { success: 1_000_000, failure: 0 });
  expect(stops(well, after(101, { success: 1_000_000, failure: 400 }))).toBe(false);
  expect(stops(well, after(101, { success: 1_007_000, failure: 3_000 }))).toBe(false);
  expect(stops(well, after(101, { success: 1_000_000, failure: 1_100, unsettled: 8_900 }))).toBe(false);
  expect(stops(well, after(101, { success: 1_000_000, failure: 5_000 }), 'follow-up')).toBe(false);
});
