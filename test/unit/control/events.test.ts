import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { JobId } from '../../../functions/core/ids.ts';
import { EVENT_TYPES } from '../../../functions/environment.ts';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const ID = '7bf73129-1428-4cd3-a780-95db273d1602';
const detail = { kind: 'replicate', source: 'a', target: 'b', options: { selection: { modalities: ['CT'] } } };
/** As EventBridge delivers it. */
const event = {
  version: '0',
  id: ID,
  'detail-type': EVENT_TYPES.requested,
  source: 'my.scheduler',
  account: '123456789012',
  time: '2026-11-23T12:00:00Z',
  region: 'eu-central-1',
  resources: [],
  detail,
};

test('GIVEN an event, twice, and again after its job has ended THEN it is one job', async () => {
  await Promise.all([rig.invoke(event), rig.invoke(event)]);
  expect(await rig.state.store.jobs()).toMatchObject([{ id: ID, state: 'requested', options: detail.options }]);
  await rig.ask('cancel', { job: ID });
  await rig.invoke(event);
  expect(await rig.state.store.jobs()).toMatchObject([{ id: ID, state: 'cancelled' }]);
});

test('GIVEN a schedule THEN its id, which the scheduler fills in, names the job', async () => {
  await rig.invoke({ request: { id: 'd32c5kddcf5bb8c3', ...detail } });
  expect(await rig.state.store.job('d32c5kddcf5bb8c3' as JobId)).toMatchObject({ kind: 'replicate', source: 'a' });
});

test.each([
  [{ ...event, detail: { ...detail, target: 'nowhere' } }, /there is no endpoint nowhere/],
  [{ ...event, detail: { ...detail, frobnicate: true } }, /frobnicate/],
  [{ ...event, detail: { kind: 'import', target: 'b', roots: [] } }, /roots/],
  [{ request: { id: '../x', ...detail } }, /id: /],
])('GIVEN a wrong event %# THEN the log says what is wrong, and it is not tried again', async (wrong, message) => {
  await rig.invoke(wrong);
  expect(await rig.state.store.jobs()).toEqual([]);
  const [error] = rig.logged.filter(({ level }) => level === 'error');
  expect(error).toMatchObject({ fields: { code: 'EVENT_INVALID' }, message: expect.stringMatching(message) });
  expect(rig.ticks()).toBe(0);
});

test('GIVEN an event with a URL for a name THEN its password is not logged', async () => {
  await rig.invoke({ ...event, detail: { ...detail, source: 'http://me:secret@host/' } });
  expect(rig.logged).toMatchObject([{ fields: { code: 'EVENT_INVALID' }, message: expect.stringContaining('a, b') }]);
  expect(JSON.stringify(rig.logged)).not.toContain('secret');
});

test('GIVEN a store that is away THEN the event is raised, so that it comes again', async () => {
  rig.state.database.close();
  await expect(rig.invoke(event)).rejects.toThrow();
});
