import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import type { OrthancClient } from '../../../functions/orthanc/client.ts';
import { makeInstance, orthancIds } from '../../support/dicom.ts';
import type { OrthancVersion, RunningOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { Bench } from './servers.ts';

const UNKNOWN = '00000000-00000000-00000000-00000000-00000000' as OrthancId;
const SPECS = [1, 2, 3].map((n) => ({
  patientId: 'Pat-1',
  studyUid: '1.2.3.1',
  seriesUid: n === 3 ? '1.2.3.1.2' : '1.2.3.1.1',
  sopUid: `1.2.3.1.1.${n}`,
  modality: n === 3 ? 'MR' : 'CT',
  studyDate: '20240229',
  seed: n,
}));
/** Differs from the others by case alone, which Orthanc's look-up does not see. */
const OTHER = { patientId: 'PAT-1', studyUid: '1.2.3.2', seriesUid: '1.2.3.2.1', sopUid: '1.2.3.2.1.1', seed: 9 };
const IDS = orthancIds({ patientId: 'Pat-1', studyUid: '1.2.3.1', seriesUid: '1.2.3.1.1', sopUid: '1.2.3.1.1.1' });

describe.each(['1.10', '1.13'] as OrthancVersion[])('the client of Orthanc %s', (version) => {
  const bench = new Bench();
  let server: RunningOrthanc;
  let client: OrthancClient;
  let ids: string[];

  beforeAll(async () => {
    server = await bench.start({ version });
    client = bench.client(server);
    ids = await upload(server.url, [...SPECS, OTHER].map(makeInstance), { headers: server.headers, concurrency: 1 });
  }, 60_000);
  afterAll(() => bench.close());

  test('reads what kind of server it is', async () => {
    const newer = { hasLabels: true, storesMd5: true, overwriteInstances: 'never', maximumStorageMode: 'Recycle' };
    expect(await client.system()).toMatchObject({
      version: server.version,
      readOnly: false,
      hasLabels: false,
      ...(version === '1.13' ? newer : {}),
    });
    expect(client.errorsUndescribed).toBe(false);
    expect(await client.statistics()).toMatchObject({ instances: 4, studies: 2 });
  });

  test('lists studies, series and instances', async () => {
    const studies = await client.studies();
    expect(studies).toHaveLength(2);
    expect(studies).toEqual([...studies].sort());
    expect(studies).toContain(IDS.study);
    const series = await client.series(IDS.study as OrthancId);
    expect(series?.map(({ modality, instances }) => [modality, instances.length]).sort()).toEqual([
      ['CT', 2],
      ['MR', 1],
    ]);
    expect(series?.flatMap(({ instances }) => instances).sort()).toEqual(ids.slice(0, 3).sort());
    // The second time by what the first has taught about the server.
    for (const _ of [1, 2])
      expect((await client.instances(IDS.study as OrthancId))?.toSorted()).toEqual(ids.slice(0, 3).sort());
  });

  test('lists instances with their sizes and UIDs', async () => {
    const expected = SPECS.slice(0, 3).map((spec, i) => ({
      id: ids[i],
      size: makeInstance(spec).length,
      sopInstanceUid: spec.sopUid,
    }));
    const listed = await client.describedInstances(IDS.study as OrthancId);
    expect(listed?.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(
      expected.toSorted((a, b) => ((a.id ?? '') < (b.id ?? '') ? -1 : 1)),
    );
  });

  test('reads the tags that selections look at', async () => {
    expect(await client.study(IDS.study as OrthancId)).toEqual({
      id: IDS.study,
      studyInstanceUid: '1.2.3.1',
      patientId: 'Pat-1',
      studyDate: '20240229',
      labels: [],
    });
    const bytes = SPECS.reduce((sum, spec) => sum + makeInstance(spec).length, 0);
    expect(await client.studyBytes(IDS.study as OrthancId)).toBe(bytes);
    const [first, last] = [ids[0], ids.at(-1)] as [OrthancId, OrthancId];
    const other = orthancIds(OTHER).study;
    expect(await client.studiesOf([first, UNKNOWN, last])).toEqual(
      new Map([
        [first, IDS.study],
        [last, other],
      ]),
    );
    expect(await client.studiesOfPatient(IDS.patient as OrthancId)).toEqual([IDS.study]);
  });

  test('tells absence from everything else', async () => {
    expect(await client.study(UNKNOWN)).toBeUndefined();
    expect(await client.series(UNKNOWN)).toBeUndefined();
    expect(await client.instances(UNKNOWN)).toBeUndefined();
    expect(await client.describedInstances(UNKNOWN)).toBeUndefined();
    expect(await client.studyBytes(UNKNOWN)).toBeUndefined();
    expect(await client.studiesOf([UNKNOWN])).toEqual(new Map());
    expect(await client.studiesOfPatient(UNKNOWN)).toEqual([]);
  });

  test('looks up exact values only', async () => {
    expect(await client.lookup('Study', '1.2.3.1')).toEqual([IDS.study]);
    expect(await client.lookup('Study', '1.2.3')).toEqual([]);
    expect(await client.lookup('Patient', 'Pat-1')).toEqual([IDS.patient]);
    expect(await client.lookup('Patient', 'PAT-1')).not.toContain(IDS.patient);
    expect(await client.lookup('Patient', 'pat-1')).toEqual([]);
    expect(await client.lookup('Patient', '1.2.3.1')).toEqual([]);
  });

  test('follows the changes', async () => {
    const last = await client.lastChange();
    expect(last).toBeGreaterThan(0);
    const first = await client.changes(0, 1);
    expect(first).toMatchObject({ last: 1, done: false, changes: [{ seq: 1, type: 'NewInstance', resource: ids[0] }] });
    const seen: string[] = [];
    for (let since = 0; ; ) {
      const { changes, last: next, done } = await client.changes(since, 3);
      seen.push(...changes.filter(({ type }) => type === 'NewInstance').map(({ resource }) => resource));
      since = next;
      if (done) break;
    }
    expect(seen.sort()).toEqual([...ids].sort());
  });

  test('outlives the idle time after which Orthanc closes connections', async () => {
    for (const pause of [900, 990, 1_000, 1_010, 1_100]) {
      await sleep(pause);
      expect((await client.statistics()).instances).toBe(4);
    }
  }, 20_000);

  test('is turned away with a wrong password', async () => {
    const stranger = bench.client(server, { password: 'wrong' });
    const error: unknown = await stranger.system().catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code: 'UNAUTHORIZED', retryClass: 'wait' });
    expect((error as Error).message).not.toContain('wrong');
  });

  test('understands a server that does not describe its errors', async () => {
    const silent = await bench.start({ version, config: { HttpDescribeErrors: false } });
    const quiet = bench.client(silent);
    await quiet.system();
    expect(quiet.errorsUndescribed).toBe(true);
    expect(await quiet.study(UNKNOWN)).toBeUndefined();
    expect(await quiet.series(UNKNOWN)).toBeUndefined();
    expect(await quiet.recorded([UNKNOWN])).toEqual(new Map());
    await quiet.checkStore();
  }, 30_000);

  test('says that a stopped server refuses connections', async () => {
    const other = await bench.start({ version });
    const lost = bench.client(other);
    await lost.system();
    await other.kill();
    await expect(lost.system()).rejects.toMatchObject({ code: 'UNREACHABLE', breakage: { cause: 'refused' } });
  }, 30_000);
});
