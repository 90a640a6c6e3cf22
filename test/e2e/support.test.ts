import { expect, jest, test } from '@jest/globals';
import { archive, archiveSpecs } from '../support/archive.ts';
import { makeInstance, orthancIds } from '../support/dicom.ts';
import { compareServers } from '../support/independent.ts';
import { startOrthanc } from '../support/orthanc.ts';
import { startPostgres } from '../support/postgres.ts';
import { upload } from '../support/upload.ts';

jest.setTimeout(120_000);

const SHAPE = { studies: 3, instancesPerStudy: 10, seriesPerStudy: 2, bytes: 8_000 };
const expected = () => [...archiveSpecs(SHAPE)].map((spec) => orthancIds(spec).instance);

test.each(['1.10', '1.13'] as const)(
  'Orthanc %s takes generated images and keeps them over a crash',
  async (version) => {
    const server = await startOrthanc({ version });
    try {
      expect(server.version.startsWith('1.1')).toBe(true);
      expect(await upload(server.url, archive(SHAPE))).toEqual(expected());
      const preview = await fetch(`${server.url}instances/${expected()[0]}/preview`);
      expect(preview.status).toBe(200);
      await server.kill();
      expect(server.running()).toBe(false);
      await server.restart();
      const statistics = (await (await fetch(`${server.url}statistics`)).json()) as Record<string, unknown>;
      expect(statistics).toMatchObject({ CountInstances: 30, CountSeries: 6, CountStudies: 3, CountPatients: 3 });
      expect(server.rss()).toBeGreaterThan(1_000_000);
    } finally {
      await server.stop();
    }
  },
);

test('an Orthanc on PostgreSQL holds the same, and the independent comparison sees what differs', async () => {
  const postgres = await startPostgres();
  const [source, target] = await Promise.all([
    startOrthanc({ version: '1.10', users: { alice: 'p@ss:word' } }),
    startOrthanc({ version: '1.13', postgres: { uri: await postgres.createDatabase('orthanc') } }),
  ]);
  try {
    await upload(source.url, archive(SHAPE), { headers: source.headers });
    await upload(target.url, archive({ ...SHAPE, studies: 4 }));
    expect(await compareServers(source, target)).toMatchObject({ source: 30, target: 40, equal: 30, contained: true });

    const same = { sopUid: '1.2.3', studyUid: '1.2', seriesUid: '1.2.1', patientId: 'SAME' };
    const [id = ''] = await upload(source.url, [makeInstance({ ...same, seed: 1 })], { headers: source.headers });
    await upload(target.url, [makeInstance({ ...same, seed: 2 })]);
    const [alone = ''] = await upload(source.url, [makeInstance({ seed: 99 })], { headers: source.headers });
    expect(await compareServers(source, target)).toMatchObject({ missing: [alone], different: [id], contained: false });
  } finally {
    await Promise.all([source.stop(), target.stop()]);
    await postgres.stop();
  }
});

test('a raw Latin-1 patient ID is what DefaultEncoding makes of it', async () => {
  const server = await startOrthanc({ version: '1.13' });
  try {
    const spec = { patientId: Buffer.from('M\xfcller', 'latin1'), studyUid: '1.2', seriesUid: '1.3', sopUid: '1.4' };
    const ids = orthancIds({ ...spec, patientId: 'Müller' });
    expect(await upload(server.url, [makeInstance(spec)])).toEqual([ids.instance]);
  } finally {
    await server.stop();
  }
});

test('a server that does not start says why', async () => {
  const broken = startOrthanc({ version: '1.13', config: { StorageDirectory: '/proc/nowhere' } });
  await expect(broken).rejects.toThrow(/ended while it started.*create_directories/s);
});
