import { describe, expect, it } from '@jest/globals';
import { isTooLarge, rowOfCondemned, rowOfTooLarge } from '../../../functions/attempt/failed-rows.ts';
import type { Attempt } from '../../../functions/attempt/worker.ts';
import { TransferWorker } from '../../../functions/attempt/worker.ts';
import { WORKER_LEASE } from '../../../functions/core/queues.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { instance, job } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const LARGEST = 300_000_000;
const SOURCE = { size: LARGEST + 1 };
const ENTRY = { id: instance(1), size: 10 };

function attemptOf(largest?: number) {
  const { ports } = memoryPorts();
  const worker = new TransferWorker(ports, {} as Servers, largest === undefined ? {} : { largest });
  return { ports, attempt: { worker, job: job(), repeated: false, lastChance: false } as Attempt };
}

describe('an instance that a function cannot move in its time', () => {
  it('is one larger than what the process may begin; on one machine nothing is', () => {
    expect([LARGEST, LARGEST + 1].map((size) => isTooLarge(attemptOf(LARGEST).attempt, size))).toEqual([false, true]);
    expect(isTooLarge(attemptOf().attempt, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('has failed while no worker is there, and goes to the next round when one is', async () => {
    const { attempt, ports } = attemptOf(LARGEST);
    expect(await rowOfTooLarge(attempt, ENTRY, SOURCE)).toMatchObject({
      ...{ outcome: 'failure', code: 'TOO_LARGE_FOR_LAMBDA', size: LARGEST + 1, sentByUs: 'no', attempts: 0 },
    });
    await ports.store.takeLease(WORKER_LEASE, 'me', ports.clock.now(), 60_000);
    // With its size, by which the next plan puts it into the worker's lane.
    expect(await rowOfTooLarge(attempt, ENTRY, SOURCE)).toMatchObject({ outcome: 'unsettled', size: LARGEST + 1 });
    expect(await rowOfTooLarge({ ...attempt, lastChance: true }, ENTRY, SOURCE)).toMatchObject({ outcome: 'failure' });
  });

  it('is blamed for its size, not for the target, when functions died of it', () => {
    const { attempt } = attemptOf(LARGEST);
    expect(rowOfCondemned(attempt, ENTRY, 0, { size: 200_000_000 }).code).toBe('TOO_LARGE_FOR_LAMBDA');
    expect(rowOfCondemned(attempt, ENTRY, 0, { size: 1000 }).code).toBe('TARGET_CRASHES');
    expect(rowOfCondemned(attemptOf().attempt, ENTRY, 0, { size: 200_000_000 }).code).toBe('TARGET_CRASHES');
  });
});
