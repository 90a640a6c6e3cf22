import { describe, expect, test } from '@jest/globals';
import { closeGate, openGate } from '../../../functions/core/gates.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import type { Job } from '../../../functions/core/job.ts';
import type { Ports } from '../../../functions/core/ports.ts';
import { measureJobs, noteProgress } from '../../../functions/supervise/measure.ts';
import { resumeJob } from '../../../functions/supervise/requests.ts';
import { chunk, job, jobId, page, SOURCE, TARGET } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const MINUTE_MS = 60_000;
const UPLOADS: Partial<Job> = {
  ...{ kind: 'import', source: 's3://bucket/incoming/' as EndpointName },
  dump: { uploads: { quietMs: 3_600_000 } },
};

/** A job that has just been asked for or resumed, and what is measured of it after so many minutes. */
async function rig(over: Partial<Job>) {
  const { ports: memory, clock, measured } = memoryPorts();
  const ports: Ports = { ...memory, superviseEveryMs: MINUTE_MS };
  await ports.store.createJob(job({ createdAt: clock.now(), resumedAt: clock.now(), ...over }));
  const stored = async () => (await ports.store.job(jobId())) ?? job();
  const note = async (by: Ports = ports) => {
    const gates = await Promise.all([SOURCE, TARGET].map((name) => ports.store.gate(name)));
    await noteProgress(by, await stored(), 1, [page({ chunks: [chunk()] })], gates);
  };
  const standsStill = async () => {
    await measureJobs(ports, [await stored()]);
    return measured.get('MinutesWithoutProgress');
  };
  return { ports, clock, stored, note, standsStill, later: (minutes: number) => clock.advance(minutes * MINUTE_MS) };
}

describe('a job that was asked for and does not begin', () => {
  test('stands still, as one does that only a worker can begin', async () => {
    const { later, standsStill } = await rig({ state: 'requested' });
    await later(45);
    expect(await standsStill()).toBe(45);
  });

  test('stands still since it was resumed', async () => {
    const { ports, later, standsStill } = await rig({ state: 'stopped', endedAt: 1 });
    await later(45);
    expect(await standsStill()).toBe(0);
    await resumeJob(ports, jobId(), job().options);
    await later(5);
    expect(await standsStill()).toBe(5);
  });

  test('waits, if it is for uploads whose target is away, and else stands still, too', async () => {
    const { ports, later, standsStill } = await rig({ ...UPLOADS, state: 'requested' });
    await later(45);
    expect(await standsStill()).toBe(45);
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    expect(await standsStill()).toBe(0);
  });
});

describe('a running job', () => {
  test('stands still since something last changed', async () => {
    const { later, note, standsStill } = await rig({ state: 'running', round: 1 });
    await note();
    await later(10);
    await note();
    expect(await standsStill()).toBe(10);
  });

  test('stands still when the worker hangs that supervises it and makes no numbers', async () => {
    const { ports, later, note, standsStill } = await rig({ state: 'running', round: 1 });
    const { metrics: _, ...worker } = ports;
    await note(worker);
    await later(45);
    expect(await standsStill()).toBe(45);
  });

  test('does not stand still while its server is away, nor for the sake of that time once it is back', async () => {
    const { ports, later, note, standsStill } = await rig({ state: 'running', round: 1 });
    await note();
    await closeGate(ports, TARGET, 'UNREACHABLE', 'away');
    await note();
    await later(180);
    expect(await standsStill()).toBe(0);
    await openGate(ports, TARGET);
    await note();
    expect(await standsStill()).toBe(0);
    await later(7);
    await note();
    expect(await standsStill()).toBe(7);
  });

  test('does not stand still while it waits for uploads', async () => {
    const { later, note, standsStill } = await rig({ ...UPLOADS, state: 'running', round: 1 });
    await note();
    await later(45);
    expect(await standsStill()).toBe(0);
  });
});

test('on one machine nobody looks at such notes, and none is written', async () => {
  const { ports, note, stored } = await rig({ state: 'running', round: 1 });
  const { superviseEveryMs: _, ...local } = ports;
  await note(local);
  expect((await stored()).progress).toBeUndefined();
});
