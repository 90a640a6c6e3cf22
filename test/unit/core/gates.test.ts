import { describe, expect, test } from '@jest/globals';
import { gateDelay } from '../../../functions/core/gates.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import type { Gate } from '../../../functions/core/ports.ts';

const NOW = 1_000_000;
const HELD: Gate = {
  ...{ endpoint: 'target' as EndpointName, revision: 1, state: 'open', probes: 0 },
  exclusive: { holder: 'one chunk', until: NOW + 120_000 },
};
/** An invocation that sends the suspects of a chunk one by one; milliseconds. */
const INVOCATION_MS = 300_000;
/** Of a queue's 1000; one chunk after the other may have the target to itself. */
const DELIVERIES = 25;

test('GIVEN a target that one attempt has to itself THEN others come again soon on one machine, and seldom on a stack', () => {
  expect(gateDelay(HELD, NOW)).toBe(2000);
  expect(INVOCATION_MS / gateDelay(HELD, NOW, 60_000)).toBeLessThan(DELIVERIES);
});

test('GIVEN an attempt that has died THEN nobody waits for it longer than it had the target for', () => {
  expect(gateDelay(HELD, NOW + 120_000, 60_000)).toBe(0);
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const closedAt = (now: number, probeAt: number): Gate => ({
  ...{ endpoint: 'target' as EndpointName, revision: 1, state: 'closed', probes: 9, blockedSince: now, probeAt },
});

/** When a message is delivered that comes back whenever it may, during an outage that begins at `NOW`; milliseconds after that. */
function deliveries(outageMs: number, superviseEveryMs: number | undefined): readonly number[] {
  const times: number[] = [];
  for (let after = 0; after < outageMs; ) {
    times.push(after);
    const now = NOW + after;
    after += gateDelay(closedAt(NOW, now + 15_000), now, superviseEveryMs);
  }
  return times;
}

describe('GIVEN a server that is away', () => {
  test('for as long as jobs wait by default THEN on a stack its work spends few of the deliveries that SQS allows', () => {
    expect(deliveries(24 * HOUR_MS, MINUTE_MS).length).toBeLessThan(150);
    // Even a week is no reason to put healthy chunks aside.
    expect(deliveries(7 * 24 * HOUR_MS, MINUTE_MS).length).toBeLessThan(750);
  });

  test.each([5, 30, 60, 600, 6000])('for %d minutes THEN its work is back soon after it is', (minutes) => {
    const last = deliveries(minutes * MINUTE_MS, MINUTE_MS).at(-1) ?? 0;
    const now = NOW + last;
    const back = last + gateDelay(closedAt(NOW, now + 15_000), now, MINUTE_MS);
    expect(back - minutes * MINUTE_MS).toBeLessThanOrEqual(Math.max(2, Math.min(minutes / 4, 15)) * MINUTE_MS);
  });

  test('THEN on one machine what asks for it comes as soon as it is probed', () => {
    expect(gateDelay(closedAt(NOW, NOW + HOUR_MS + 15_000), NOW + HOUR_MS)).toBe(15_500);
  });
});
