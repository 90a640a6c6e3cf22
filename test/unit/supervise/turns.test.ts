import { expect, test } from '@jest/globals';
import type { EndpointName, JobId } from '../../../functions/core/ids.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { DEFAULT_SETTINGS } from '../../../functions/supervise/settings.ts';
import { superviseAll } from '../../../functions/supervise/tick.ts';
import { job } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const NAMES = ['a', 'b', 'c'];

/** The targets of the jobs that are looked at while there is time for so many only. */
async function lookedAt(minute: number, most: number): Promise<readonly string[]> {
  const { ports, clock } = memoryPorts();
  for (const name of NAMES)
    await ports.store.createJob(job({ id: `job-${name}` as JobId, target: name as EndpointName }));
  await clock.advance(minute * 60_000);
  const asked: string[] = [];
  const server = async (name: EndpointName) => {
    asked.push(name);
    throw new Error('it takes all the time there is');
  };
  const deadline = { remainingMs: () => (asked.length < most ? 300_000 : 1000) };
  const servers = { server } as Partial<Servers> as Servers;
  await superviseAll(ports, servers, { ...DEFAULT_SETTINGS, assessed: false }, deadline).catch(() => undefined);
  return asked;
}

test('GIVEN time for all jobs THEN each is looked at once', async () => {
  expect((await lookedAt(5, 9)).toSorted()).toEqual(NAMES);
});

test('GIVEN time for one job in each look THEN after some minutes each has had its turn', async () => {
  const turns = [await lookedAt(1, 1), await lookedAt(2, 1), await lookedAt(3, 1)];
  expect(turns.map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(turns.flat().toSorted()).toEqual(NAMES);
});
