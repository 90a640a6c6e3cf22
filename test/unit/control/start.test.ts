import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { EndpointName, JobId } from '../../../functions/core/ids.ts';
import { job as sample } from '../../contract/samples.ts';
import { freePort } from '../../support/ports.ts';
import { near, openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const WANTED = { kind: 'replicate', source: 'a', target: 'b' } as const;

test('GIVEN a start THEN a job is requested with defaults, and supervised at once', async () => {
  const { job, how, warnings } = await rig.ask('start', { ...WANTED, limits: { transfers: 3 } });
  expect({ job, how }).toMatchObject({ how: 'new', job: { kind: 'replicate', state: 'requested' } });
  expect(job.options).toEqual({ selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 86_400_000 });
  expect(warnings).toMatchObject([{ code: 'NOT_CHECKED' }]);
  expect(await rig.state.store.limits(job.target)).toMatchObject({ transfers: 3 });
  expect(rig.ticks()).toBe(1);
});

test('GIVEN a supervision that fails THEN the job is requested all the same, and the log says what failed', async () => {
  rig.failing = new Error('the table is away');
  await rig.ask('start', WANTED);
  expect(await rig.state.store.jobs()).toHaveLength(1);
  expect(rig.logged.find(({ level }) => level === 'error')?.message).toContain('the table is away');
});

test('GIVEN an unfinished job of the same identity THEN it goes on, unless it shall begin anew', async () => {
  const { job } = await rig.ask('start', WANTED);
  const again = await rig.ask('start', { ...WANTED, options: { check: 'size' } });
  expect(again).toMatchObject({ how: 'resumed', job: { id: job.id, options: { check: 'size' } } });
  const other = await rig.ask('start', { ...WANTED, kind: 'verify' });
  expect(other.how).toBe('new');
  const anew = await rig.ask('start', { ...WANTED, restart: true });
  expect(anew.how).toBe('new');
  expect(await rig.state.store.job(job.id)).toMatchObject({ state: 'cancelled' });
});

test('GIVEN the same id again THEN it is the same job, whatever became of it', async () => {
  const id = 'nightly-1';
  const starts = await Promise.all([1, 2].map(() => rig.ask('start', { ...WANTED, id })));
  expect(starts.map(({ job }) => job.id)).toEqual([id, id]);
  await rig.ask('cancel', { job: id });
  expect((await rig.ask('start', { ...WANTED, id, restart: true })).job).toMatchObject({ id, state: 'cancelled' });
  expect(await rig.state.store.jobs()).toHaveLength(1);
});

test('GIVEN an import THEN the same places in any order are the same job', async () => {
  const roots = ['s3://dumps/b', 's3://dumps/a', 's3://dumps/b'];
  const { job } = await rig.ask('start', { kind: 'import', target: 'b', roots });
  expect(job.dump).toEqual({ roots: ['s3://dumps/a', 's3://dumps/b'] });
  expect(job.source).toMatch(/^s3:\/\/dumps\/a and 1 more \([0-9a-f]{12}\)$/);
  const again = await rig.ask('start', { kind: 'import', target: 'b', roots: ['s3://dumps/a', 's3://dumps/b'] });
  expect(again).toMatchObject({ how: 'resumed', job: { id: job.id } });
});

test.each([false, true])(
  'GIVEN a standing import of uploads THEN an import of their prefix lists it beside it (restart: %p)',
  async (restart) => {
    const prefix = 's3://uploads/incoming/';
    const id = 'uploads-000001' as JobId;
    await rig.state.store.createJob(
      sample({
        id,
        kind: 'import',
        source: prefix as EndpointName,
        target: 'b' as EndpointName,
        dump: { uploads: { quietMs: 1000 } },
        state: 'running',
      }),
    );
    const wanted = { kind: 'import', target: 'b', roots: [prefix], options: { selection: {} } } as const;
    const { job, how } = await rig.ask('start', { ...wanted, restart });
    expect({ job, how }).toMatchObject({ how: 'new', job: { source: prefix, dump: { roots: [prefix] } } });
    expect(await rig.state.store.job(id)).toMatchObject({ state: 'running' });
    expect(await rig.ask('start', wanted)).toMatchObject({ how: 'resumed', job: { id: job.id } });
  },
);

test('GIVEN more studies than a record can hold THEN it says so, and nothing is begun', async () => {
  const studies = Array.from({ length: 10_000 }, (_, n) => `2.25.${n}${'0'.repeat(40)}`);
  const refusal = await rig.refusal({ type: 'start', ...WANTED, options: { selection: { studies } } });
  expect(refusal.message).toContain('too long for one job');
  expect(await rig.state.store.jobs()).toEqual([]);
});

test('GIVEN a server that is away THEN a start is refused as fatal, and an event begins a job that the supervisor fails', async () => {
  const away = `http://127.0.0.1:${await freePort()}/`;
  const other = await openRig([near(away), near(`${away}b/`)]);
  try {
    const wanted = { kind: 'replicate', source: away, target: `${away}b/` };
    expect(await other.refusal({ type: 'start', ...wanted })).toMatchObject({
      code: 'SOURCE_UNREACHABLE',
      fatal: true,
    });
    expect(await other.state.store.jobs()).toEqual([]);
    await other.invoke({ 'detail-type': 'Orthanc Migration Requested', id: 'e-1', detail: wanted });
    expect(await other.state.store.job('e-1' as JobId)).toMatchObject({ state: 'requested' });
  } finally {
    await other.close();
  }
});
