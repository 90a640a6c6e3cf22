import { expect, test } from '@jest/globals';
import { closeGate, openGate } from '../../../functions/core/gates.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { DEFAULT_SETTINGS } from '../../../functions/supervise/settings.ts';
import { superviseAll } from '../../../functions/supervise/tick.ts';
import { checkpoint, chunk, job, page, TARGET } from '../../contract/samples.ts';
import { bodies, memoryPorts } from '../../support/memory-ports.ts';

const HOUR_MS = 3_600_000;
const MAX_WAIT_MS = 24 * HOUR_MS;

/** A job whose chunks were all queued, and of whose messages none is to be seen: each was received, and is hidden. */
async function rig() {
  const { ports, queues, clock } = memoryPorts();
  const queued = chunk({ queuedAt: clock.now() });
  const options = { ...job().options, maxWaitMs: MAX_WAIT_MS };
  await ports.store.createJob(job({ state: 'running', round: 1, options, resumedAt: 0 }));
  await ports.store.createCheckpoint(checkpoint({ nextPage: 1, cursor: { stage: 'done' } }));
  await ports.store.putPage(page({ chunks: [queued, queued] }));
  const unreachable: Partial<Servers> = { server: () => Promise.reject(new Error('it is not time to probe')) };
  const look = () => superviseAll(ports, unreachable as Servers, DEFAULT_SETTINGS);
  return { ports, clock, look, copies: () => bodies(queues.transfer).length };
}

test('GIVEN a server that is away for long THEN no chunk is queued again before it is back', async () => {
  const { ports, clock, look, copies } = await rig();
  for (let hour = 0; hour < 3; hour += 1) {
    await clock.advance(HOUR_MS);
    await openGate(ports, TARGET);
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    await look();
    expect(copies()).toBe(0);
  }
  await openGate(ports, TARGET);
  await look();
  expect(copies()).toBe(2);
});
