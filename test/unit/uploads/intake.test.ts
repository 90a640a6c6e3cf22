import { expect, jest, test } from '@jest/globals';
import type { EndpointName, FileKey, JobId } from '../../../functions/core/ids.ts';
import type { Job } from '../../../functions/core/job.ts';
import { cancelJob, openRetry } from '../../../functions/supervise/requests.ts';
import { updateJob } from '../../../functions/supervise/update-job.ts';
import { Intake, type UploadsSettings } from '../../../functions/uploads/intake.ts';
import { job, TARGET } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const OTHER = 'http://other:8042/' as EndpointName;
const SETTINGS: UploadsSettings = {
  source: 's3://bucket/incoming/' as EndpointName,
  target: TARGET,
  quietMs: 1000,
  options: job().options,
};

const numbered = (number: number) => `uploads-${String(number).padStart(6, '0')}` as JobId;

function openRig() {
  const { ports, clock } = memoryPorts();
  const { store, objects } = ports;
  let uploads = 0;
  return {
    ports,
    /** One more upload, told to a function with these settings. */
    upload: async (settings: Partial<UploadsSettings> = {}) => {
      uploads += 1;
      await new Intake(ports, { ...SETTINGS, ...settings }).takeDown([`s3://bucket/${uploads}` as FileKey]);
    },
    /** The numbers of the uploads that each job has. */
    taken: async () => {
      const found: Record<JobId, string[]> = {};
      for (const { id } of (await store.jobs()).toReversed()) {
        const names = (await store.arrivals(id, 0, 100)).map(async (arrival) =>
          arrival.kind === 'end' ? 'end' : new TextDecoder().decode(await objects.read(arrival.object)),
        );
        found[id] = (await Promise.all(names)).map((name) => name.trim().replace('s3://bucket/', ''));
      }
      return found;
    },
    /** Brings the log of a job to its end, and the job into this state. */
    end: async (id: JobId, state: Job['state']) => {
      const entries = await store.arrivals(id, 0, 100);
      await store.appendArrival(id, entries.length, { kind: 'end', at: clock.now() });
      await updateJob(ports, id, (stored) => ({ ...stored, state, endedAt: 5, published: `${state} 5` }));
      await clock.advance(1000);
    },
  };
}

test('GIVEN a changed target or source THEN what is uploaded next is for a job of its own, and the old one gets no more', async () => {
  const { ports, upload, taken } = openRig();
  await upload();
  await upload({ target: OTHER });
  await upload({ target: OTHER });
  await upload({ source: 's3://bucket/elsewhere/' as EndpointName });
  expect(await taken()).toEqual({ [numbered(1)]: ['1'], [numbered(2)]: ['2', '3'], [numbered(3)]: ['4'] });
  const { target, source } = (await ports.store.job(numbered(2))) ?? job();
  expect({ target, source }).toEqual({ target: OTHER, source: SETTINGS.source });
});

test('GIVEN functions with the old and the new target beside each other THEN each goes on with its own job', async () => {
  const { upload, taken } = openRig();
  for (let n = 0; n < 3; n += 1) {
    await upload();
    await upload({ target: OTHER });
  }
  expect(await taken()).toEqual({ [numbered(1)]: ['1', '3', '5'], [numbered(2)]: ['2', '4', '6'] });
});

test('GIVEN a list of open jobs that still has one that was cancelled a moment ago THEN nothing is written into its log', async () => {
  const { ports, upload, taken } = openRig();
  await upload();
  const stale = await ports.store.openJobs();
  await cancelJob(ports, numbered(1));
  jest.spyOn(ports.store, 'openJobs').mockResolvedValue(stale);
  await upload();
  await upload();
  expect(await taken()).toEqual({ [numbered(1)]: ['1'], [numbered(2)]: ['2', '3'] });
});

test('GIVEN a job that was stopped THEN it takes uploads until it is resumed', async () => {
  const { ports, upload, taken } = openRig();
  await upload();
  await updateJob(ports, numbered(1), (stored) => ({
    ...stored,
    state: 'stopped',
    endedAt: 5,
    published: 'stopped 5',
  }));
  await upload();
  expect(await taken()).toEqual({ [numbered(1)]: ['1', '2'] });
});

test.each([
  ['whose failures are tried again', 'completed-with-failures'],
  ['that has ended its log and is at work on the rest', 'running'],
] as const)('GIVEN an old job %s THEN the next one comes after the last, with one write', async (_, state) => {
  const { ports, upload, end, taken } = openRig();
  for (let number = 1; number <= 5; number += 1) {
    await upload();
    await end(numbered(number), number === 2 ? state : 'completed');
  }
  const old = (await ports.store.job(numbered(2))) ?? job();
  if (state !== 'running') await openRetry(ports, old, { redriven: true });
  expect((await ports.store.openJobs()).map(({ id }) => id)).toEqual([numbered(2)]);
  const made = jest.spyOn(ports.store, 'createJob');
  await upload();
  await upload();
  expect(await taken()).toMatchObject({ [numbered(2)]: ['2', 'end'], [numbered(6)]: ['6', '7'] });
  expect(made).toHaveBeenCalledTimes(1);
});
