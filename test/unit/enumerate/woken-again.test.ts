import { expect, test } from '@jest/globals';
import type { Dumps } from '../../../functions/core/dump.ts';
import { MigrationError } from '../../../functions/core/errors.ts';
import { closeGate } from '../../../functions/core/gates.ts';
import { enumerateRound } from '../../../functions/enumerate/enumerate.ts';
import { enumerationLease } from '../../../functions/enumerate/lease.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { checkpoint, job, jobId } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const PLENTY = { remainingMs: () => 300_000 };
const ROUND = 1;

/** Goes on with the plan of a job, where a supervisor looks so often, or all the time. */
async function enumerate(
  superviseEveryMs: number | undefined,
  trouble: 'gate closed' | 'secret unreadable' | 'defect',
) {
  const { ports } = memoryPorts();
  const running = job({ state: 'running', round: ROUND });
  await ports.store.createJob(running);
  await ports.store.createCheckpoint(checkpoint({ round: ROUND, cursor: { stage: 'start' } }));
  if (trouble === 'gate closed') await closeGate(ports, running.source, 'UNREACHABLE', 'refused');
  const server = async () => {
    if (trouble === 'secret unreadable') throw new MigrationError('SECRET_UNREADABLE', 'no secret');
    if (trouble === 'defect') throw new TypeError('a defect');
    return {};
  };
  const origins = { servers: { server } as unknown as Servers, dumps: {} as Dumps };
  const place = { ...ports, ...(superviseEveryMs !== undefined && { superviseEveryMs }) };
  const done = enumerateRound(place, origins, jobId(), ROUND, PLENTY);
  return { done, holder: () => ports.store.leaseHolder(enumerationLease(jobId()), ports.clock.now()) };
}

test.each(['gate closed', 'secret unreadable'] as const)(
  'GIVEN a stack WHEN a plan cannot go on (%s) THEN its message goes, since the supervisor sends another at each look',
  async (trouble) => {
    const { done, holder } = await enumerate(60_000, trouble);
    await expect(done).resolves.toBeUndefined();
    expect(await holder()).toBeUndefined();
  },
);

test('GIVEN one machine WHEN the source is away THEN the message comes again by itself', async () => {
  const { done } = await enumerate(undefined, 'gate closed');
  await expect(done).rejects.toMatchObject({ code: 'GATE_CLOSED' });
});

test('GIVEN a stack WHEN there is a defect THEN the message stays, and ends in the dead-letter queue', async () => {
  const { done } = await enumerate(60_000, 'defect');
  await expect(done).rejects.toThrow('a defect');
});
