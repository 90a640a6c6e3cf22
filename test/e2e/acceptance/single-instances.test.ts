import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { ANSWERS } from '../../support/answers.ts';
import { type ArchivedInstance, archiveSpecs } from '../../support/archive.ts';
import { makeInstance, orthancIds } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { compareServers, inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { type Replication, replication } from './replication.ts';

jest.setTimeout(180_000);

const specs = [...archiveSpecs({ studies: 4, instancesPerStudy: 60, bytes: 6000 })];
const idOf = (spec: ArchivedInstance) => orthancIds(spec).instance;
const at = (index: number) => specs[index] as ArchivedInstance;

/** One of each, far from each other. */
const REFUSED = at(10);
const DELETED = at(70);
const OTHER_PIXELS = at(130);
const FILTERED = at(190);
const STUMBLING = at(220);

describe.each([
  ['1.10', '1.13'],
  ['1.13', '1.10'],
] as const)('from %s to %s', (from, to) => {
  let source: RunningOrthanc;
  let target: RunningOrthanc;
  let sourceProxy: FaultProxy;
  let targetProxy: FaultProxy;
  let job: Replication;

  beforeAll(async () => {
    const filter = `function ReceivedInstanceFilter(dicom) return dicom['SOPInstanceUID'] ~= '${FILTERED.sopUid}' end`;
    [source, target] = await Promise.all([startOrthanc({ version: from }), startOrthanc({ version: to, lua: filter })]);
    await upload(source.url, specs.map(makeInstance).values());
    await upload(target.url, [makeInstance({ ...OTHER_PIXELS, seed: 4711 })].values());
    [sourceProxy, targetProxy] = await Promise.all([startFaultProxy(source.url), startFaultProxy(target.url)]);
    const deleted = `/instances/${idOf(DELETED)}`;
    const remove = () => fetch(new URL(deleted, source.url), { method: 'DELETE' });
    await sourceProxy.fault({ path: `${deleted}/file`, kind: 'run', when: 'before', run: remove });
    await targetProxy.fault({ sopInstanceUid: REFUSED.sopUid, kind: 'answer', answer: ANSWERS.badFile });
    await targetProxy.fault({
      sopInstanceUid: STUMBLING.sopUid,
      times: 3,
      kind: 'answer',
      answer: ANSWERS.internal,
    });
    job = await replication(sourceProxy.url, targetProxy.url);
  });

  afterAll(async () => {
    await Promise.all([sourceProxy?.stop(), targetProxy?.stop()]);
    await Promise.all([source?.stop(), target?.stop(), job?.remove()]);
  });

  test('GIVEN instances with troubles of their own THEN each has its outcome, and the others are moved', async () => {
    const ended = await job.replicate();
    const { rows, problems, byCode } = await job.evidence();
    const failures = await job.command('failures');
    expect(ended.code).toBe(6);
    expect(problems).toEqual([]);
    const { STORED, ...others } = byCode;
    expect(others).toEqual({ TARGET_REFUSED: 1, TARGET_FILTERED_OUT: 1, CONFLICT_KEPT: 1, SOURCE_GONE: 1 });
    expect(STORED).toBe(specs.length - 4);
    const row = (spec: ArchivedInstance) => rows.find(({ instance }) => instance === idOf(spec));
    expect(row(REFUSED)).toMatchObject({
      outcome: 'failure',
      code: 'TARGET_REFUSED',
      httpStatus: 400,
      orthancStatus: 15,
    });
    expect(row(DELETED)).toMatchObject({ outcome: 'skipped', code: 'SOURCE_GONE' });
    expect(row(OTHER_PIXELS)).toMatchObject({ outcome: 'warning', code: 'CONFLICT_KEPT', sentByUs: 'no' });
    expect(row(FILTERED)).toMatchObject({ outcome: 'failure', code: 'TARGET_FILTERED_OUT' });
    expect(row(STUMBLING)).toMatchObject({ outcome: 'success', code: 'STORED', attempts: 2 });
    // The source has lost one itself.
    const comparison = await compareServers(source, target);
    expect(comparison).toMatchObject({ source: specs.length - 1, extra: [], different: [idOf(OTHER_PIXELS)] });
    expect([...comparison.missing].sort()).toEqual([idOf(REFUSED), idOf(FILTERED)].sort());

    for (const spec of [REFUSED, FILTERED]) expect(failures.stdout).toContain(idOf(spec));
    expect(failures.stdout).toContain('TARGET_REFUSED (1 instance): the target says that this is no valid DICOM file');
    expect(failures.stdout).toContain('HTTP 400, OrthancStatus 15, 1 attempt');
    expect(failures.stdout).toMatch(/TARGET_FILTERED_OUT \(1 instance\): a filter of the target/);
    expect(job.deadLetters().sort((a, b) => a.code.localeCompare(b.code))).toEqual([
      { instance: idOf(FILTERED), code: 'TARGET_FILTERED_OUT' },
      { instance: idOf(REFUSED), code: 'TARGET_REFUSED' },
    ]);

    await retriesWork();
  });

  async function retriesWork(): Promise<void> {
    const inVain = await job.command('retry', '--reason', 'TARGET_REFUSED');
    expect(inVain.code).toBe(6);
    expect(job.deadLetters()).toHaveLength(2);

    await targetProxy.clear();
    await target.restart({ lua: '' });
    const retried = await job.command('retry');
    const { byCode, problems } = await job.evidence();
    expect(problems).toEqual([]);
    expect(byCode).toEqual({ STORED: specs.length - 2, CONFLICT_KEPT: 1, SOURCE_GONE: 1 });
    // What is left is the conflict.
    expect(retried.code).toBe(1);
    expect(job.deadLetters()).toEqual([]);
    expect((await job.command('failures')).stdout).toContain('has no failures');
    expect(await compareServers(source, target)).toMatchObject({ missing: [], different: [idOf(OTHER_PIXELS)] });
    expect((await inventory(target)).size).toBe(specs.length - 1);
  }
});
