import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JobState } from '../../../functions/core/job.ts';
import { job } from '../../contract/samples.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

async function given(state: JobState, round = 1): Promise<void> {
  await rig.state.store.createJob(job({ state, round }));
}

test.each([
  ['requested', 0],
  ['running', 3],
] as const)('GIVEN a job that is %s THEN it rests until it is resumed', async (state, round) => {
  await given(state, round);
  expect(await rig.ask('pause', {})).toMatchObject({
    changed: true,
    job: { state: 'stopped', reason: { code: 'PAUSED' } },
  });
  expect((await rig.ask('pause', {})).changed).toBe(false);
  const { job: resumed, changed } = await rig.ask('resume', {});
  expect({ resumed, changed }).toMatchObject({ changed: true, resumed: { state, round } });
  expect(resumed).not.toHaveProperty('reason');
  expect(resumed).not.toHaveProperty('endedAt');
  expect(rig.ticks()).toBe(1);
  expect((await rig.ask('resume', {})).changed).toBe(false);
});

test('GIVEN a pause and a supervision at once THEN neither is lost', async () => {
  await given('running');
  const { store } = rig.state;
  const original = store.updateJob.bind(store);
  let raced = false;
  store.updateJob = async (next) => {
    if (!raced) {
      raced = true;
      const [current] = await store.jobs();
      if (current) await original({ ...current, round: 7 });
    }
    return original(next);
  };
  expect((await rig.ask('pause', {})).job).toMatchObject({ state: 'stopped', round: 7 });
});

test.each(['completed', 'completed-with-failures', 'cancelled', 'failed'] as const)(
  'GIVEN a job that is %s THEN it is neither paused nor resumed nor cancelled',
  async (state) => {
    await given(state);
    expect(await rig.refusal({ type: 'pause' })).toMatchObject({ code: 'JOB_ENDED' });
    expect(await rig.refusal({ type: 'resume' })).toMatchObject({ code: 'JOB_ENDED' });
    expect(await rig.ask('cancel', {})).toMatchObject({ changed: false, job: { state } });
    expect(await rig.state.store.jobs()).toMatchObject([{ state, revision: 1 }]);
  },
);

test('GIVEN a job that writes its evidence THEN it cannot be paused', async () => {
  await given('finishing');
  expect((await rig.refusal({ type: 'pause' })).message).toContain('it is finishing');
  expect((await rig.ask('resume', {})).changed).toBe(false);
});

test('GIVEN a job THEN it is cancelled once', async () => {
  await given('running');
  expect(await rig.ask('cancel', {})).toMatchObject({ changed: true, job: { state: 'cancelled' } });
  expect(await rig.ask('cancel', {})).toMatchObject({ changed: false });
});

test('GIVEN a stopped job THEN retry goes on with it; GIVEN one without failures THEN there is nothing to retry', async () => {
  await given('stopped');
  expect(await rig.ask('retry', {})).toMatchObject({ how: 'resumed', job: { state: 'running' } });
  await rig.state.store.createJob(job({ id: 'later' as never, state: 'completed', createdAt: 9000 }));
  expect(await rig.ask('retry', {})).toMatchObject({ how: 'nothing', job: { id: 'later' } });
});
