import { expect, test } from '@jest/globals';
import { systemClock } from '../../../functions/core/system-clock.ts';

test('sleeps, or ends early without an error', async () => {
  const before = systemClock.now();
  await systemClock.sleep(20);
  expect(systemClock.now() - before).toBeGreaterThanOrEqual(19);
  const early = new AbortController();
  const asleep = systemClock.sleep(2 ** 40, early.signal);
  setImmediate(() => early.abort());
  await asleep;
  await systemClock.sleep(60_000, early.signal);
  expect(systemClock.now() - before).toBeLessThan(10_000);
});
