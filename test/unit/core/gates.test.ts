import { expect, test } from '@jest/globals';
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
/** Of a queue's 500; one chunk after the other may have the target to itself. */
const DELIVERIES = 25;

test('GIVEN a target that one attempt has to itself THEN others come again soon on one machine, and seldom on a stack', () => {
  expect(gateDelay(HELD, NOW)).toBe(2000);
  expect(INVOCATION_MS / gateDelay(HELD, NOW, 60_000)).toBeLessThan(DELIVERIES);
});

test('GIVEN an attempt that has died THEN nobody waits for it longer than it had the target for', () => {
  expect(gateDelay(HELD, NOW + 120_000, 60_000)).toBe(0);
});
