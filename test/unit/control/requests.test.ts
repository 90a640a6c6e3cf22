import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

const IMPORT = { type: 'start', kind: 'import', roots: ['s3://dumps/'], target: 'b' };
const START = { type: 'start', kind: 'replicate', source: 'a', target: 'b' };

test.each([
  [undefined, /^control: /],
  ['status', /^control: /],
  [{}, /^control: type: /],
  [{ type: 'frobnicate' }, /9\.9\.9\) knows no request of this type; it knows start, jobs, status, /],
  [{ type: 'toString' }, /knows no request of this type/],
  [{ v: 2, type: 'status' }, /understands requests of version 1, not 2/],
  [{ type: 'status', jobb: 'x' }, /request "status": .*jobb/],
  [{ ...START, kind: 'mirror' }, /request "start": kind: /],
  [{ ...START, kind: 'import' }, /request "start": .*roots/],
  [{ ...START, kind: 'import', source: undefined, roots: ['/folder'] }, /roots\.0: is no s3:/],
  [{ ...START, id: '../../x' }, /request "start": id: /],
  [{ ...START, id: 'smoke-1' }, /ids that begin with smoke- are those of smoke tests/],
  [{ ...START, options: { check: 'sha256' } }, /options\.check: /],
  [{ ...START, options: { selection: { studies: [] } } }, /options\.selection\.studies: /],
  [{ ...START, options: { acceptHeaderOnly: true } }, /options: .*acceptHeaderOnly/],
  [{ ...IMPORT, options: { selection: { modalities: ['CT'] } } }, /options\.selection: .*modalities/],
  [{ ...IMPORT, options: { orphans: 'skip' } }, /options\.orphans: can only be "import": in a bucket no index/],
  [{ ...START, limits: { bandwidth: 'fast' } }, /limits\.bandwidth: --bwlimit: "fast" is no rate/],
  [{ ...START, id: 'of/a/path' }, /id: is no job id/],
  [
    { ...START, options: { selection: { studyDate: { from: '2026' } } } },
    /studyDate\.from: is no DICOM date: YYYYMMDD/,
  ],
  [{ ...START, target: 'c' }, /there is no endpoint c; the stack is configured with a, b/],
  [{ type: 'failures', limit: 0 }, /limit: /],
  [{ type: 'retry', code: 'STORED' }, /code: is no code of a failure/],
  [{ type: 'limits', target: 'a', changes: { transfers: 0 } }, /changes\.transfers: /],
  [
    { type: 'limits', target: 'c', changes: { transfers: 2 } },
    /there is no endpoint c; the stack is configured with a, b/,
  ],
])('GIVEN the request %j THEN it is refused with a reason, and nothing is begun', async (control, message) => {
  const refusal = await rig.refusal(control);
  expect(refusal).toMatchObject({ ok: false, code: 'USAGE' });
  expect(refusal.message).toMatch(message);
  expect(await rig.state.store.jobs()).toEqual([]);
});

test('GIVEN a selection of people THEN a refusal does not quote it', async () => {
  const options = { selection: { patientIds: ['DOE^JOHN', 7] } };
  const { message } = await rig.refusal({ ...START, options });
  expect(message).toMatch(/options\.selection\.patientIds\.1: /);
  expect(JSON.stringify([message, rig.logged])).not.toContain('DOE');
});

test.each([
  { ...START, target: 'http://me:secret@host/' },
  { type: 'status', job: 'me:secret@host' },
])('GIVEN a password where none belongs, as in %j THEN it is not logged', async (control) => {
  await rig.refusal(control);
  expect(rig.logged).toMatchObject([{}, { fields: { code: 'USAGE' } }]);
  expect(JSON.stringify(rig.logged)).not.toContain('secret');
});

test('GIVEN a stack THEN it tells what a worker has to know', async () => {
  expect(await rig.ask('environment', {})).toMatchObject({
    version: '9.9.9',
    environment: { ORTHANC_MIGRATE_TABLE: 'table' },
  });
});

test('GIVEN the minute of the scheduler, or a request to tick THEN jobs are supervised, and errors of that are raised', async () => {
  await rig.invoke({ version: '0', 'detail-type': 'Scheduled Event' });
  await rig.invoke({});
  await rig.ask('tick', {});
  expect(rig.ticks()).toBe(3);
  rig.failing = new Error('the table is away');
  await expect(rig.invoke({})).rejects.toThrow('the table is away');
  await expect(rig.ask('tick', {})).rejects.toThrow('the table is away');
});
