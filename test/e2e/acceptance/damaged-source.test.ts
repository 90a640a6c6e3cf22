import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type ArchivedInstance, archiveSpecs } from '../../support/archive.ts';
import type { Ended } from '../../support/command-line.ts';
import { DAMAGES, storedFile } from '../../support/damage.ts';
import { makeInstance, orthancIds } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { compareServers, type EvidenceReport } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { type Replication, replication } from './replication.ts';

jest.setTimeout(180_000);

const specs = [...archiveSpecs({ studies: 4, instancesPerStudy: 30, bytes: 30_000 })];
const idOf = (spec: ArchivedInstance) => orthancIds(spec).instance;
const at = (index: number) => specs[index] as ArchivedInstance;

const DAMAGED = { emptied: at(5), truncated: at(35), flipped: at(65), deleted: at(95) };
/** A wire that spoils what it carries: once, always in the same bit, and between us and the target. */
const SPOILT_ONCE = at(15);
const SPOILT_ALWAYS = at(45);
const SPOILT_LATER = at(75);

describe.each([
  ['1.10', '1.13'],
  ['1.13', '1.10'],
] as const)('a damaged source %s, and a target %s', (from, to) => {
  let source: RunningOrthanc;
  let target: RunningOrthanc;
  let sourceProxy: FaultProxy;
  let targetProxy: FaultProxy;
  let job: Replication;
  let ended: Ended;
  let evidence: EvidenceReport;

  beforeAll(async () => {
    [source, target] = await Promise.all([startOrthanc({ version: from }), startOrthanc({ version: to })]);
    await upload(source.url, specs.map(makeInstance).values());
    for (const [damage, spec] of Object.entries(DAMAGED) as [keyof typeof DAMAGES, ArchivedInstance][])
      await DAMAGES[damage](await storedFile(source.storageDir, makeInstance(spec)));
    // Its cache knows nothing of the damage.
    await source.restart();
    [sourceProxy, targetProxy] = await Promise.all([startFaultProxy(source.url), startFaultProxy(target.url)]);
    const file = (spec: ArchivedInstance) => `/instances/${idOf(spec)}/file`;
    await sourceProxy.fault({ path: file(SPOILT_ONCE), kind: 'flip', where: 'response', times: 1 });
    await sourceProxy.fault({ path: file(SPOILT_ALWAYS), kind: 'flip', where: 'response' });
    await targetProxy.fault({ sopInstanceUid: SPOILT_LATER.sopUid, kind: 'flip', where: 'request', times: 1 });
    job = await replication(sourceProxy.url, targetProxy.url);
    ended = await job.replicate();
    evidence = await job.evidence();
  });

  afterAll(async () => {
    await Promise.all([sourceProxy?.stop(), targetProxy?.stop()]);
    await Promise.all([source?.stop(), target?.stop(), job?.remove()]);
  });

  const row = (spec: ArchivedInstance) => evidence.rows.find(({ instance }) => instance === idOf(spec));

  test('ends with failures that say what is wrong, and everything else is moved', () => {
    expect(ended.code).toBe(6);
    expect(evidence.problems).toEqual([]);
    expect(evidence.byCode).toEqual({
      STORED: specs.length - 6,
      SOURCE_DAMAGED: 4,
      SOURCE_FILE_MISSING: 1,
      TARGET_ALTERED: 1,
    });
    expect(job.deadLetters()).toHaveLength(6);
  });

  test.each([
    ['emptied', 'SOURCE_DAMAGED'],
    ['truncated', 'SOURCE_DAMAGED'],
    ['flipped', 'SOURCE_DAMAGED'],
    ['deleted', 'SOURCE_FILE_MISSING'],
  ] as const)('GIVEN a file that was %s THEN it is %s', (damage, code) => {
    expect(row(DAMAGED[damage])).toMatchObject({ outcome: 'failure', code, attempts: 1, sentByUs: 'no' });
  });

  test('GIVEN a wire that spoils an instance once THEN it is read again', () => {
    expect(row(SPOILT_ONCE)).toMatchObject({ outcome: 'success', code: 'STORED', attempts: 1 });
  });

  test('GIVEN a wire that always spoils it THEN it is not sent', () => {
    expect(row(SPOILT_ALWAYS)).toMatchObject({ outcome: 'failure', code: 'SOURCE_DAMAGED', sentByUs: 'no' });
  });

  test('GIVEN a wire that spoils it on its last way THEN the proof shows it', () => {
    expect(row(SPOILT_LATER)).toMatchObject({ outcome: 'failure', code: 'TARGET_ALTERED', sentByUs: 'yes' });
    expect(row(SPOILT_LATER)?.md5Target).not.toBe(row(SPOILT_LATER)?.md5Source);
  });

  test('nothing of what was damaged is in the target', async () => {
    const comparison = await compareServers(source, target);
    const absent = [...Object.values(DAMAGED), SPOILT_ALWAYS].map(idOf).sort();
    expect([...comparison.missing].sort()).toEqual(absent);
    expect(comparison.different).toEqual([idOf(SPOILT_LATER)]);
    expect(comparison.extra).toEqual([]);
  });
});
