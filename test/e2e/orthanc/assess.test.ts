import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { assess, type Wanted } from '../../../functions/orthanc/assess.ts';
import type { OrthancClient } from '../../../functions/orthanc/client.ts';
import { archive } from '../../support/archive.ts';
import type { OrthancVersion, RunningOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { Bench } from './servers.ts';

const WANTED: Wanted = { conflict: 'keep-target', labels: false, writes: true };
const FILES = [...archive({ studies: 2, instancesPerStudy: 5, bytes: 1_500 })];
const UNTOLD = { '1.10': ['TARGET_LIMITS_UNKNOWN'], '1.13': [] };

async function codes(source: OrthancClient, target: OrthancClient, wanted: Partial<Wanted> = {}): Promise<string[]> {
  return assess(source, target, { ...WANTED, ...wanted }).then(
    ({ warnings }) => warnings.map(({ code }) => code),
    (error: { code: string }) => [error.code],
  );
}

describe.each(['1.10', '1.13'] as OrthancVersion[])('assess, with Orthanc %s', (version) => {
  const bench = new Bench();
  const folders: string[] = [];
  afterAll(async () => {
    await bench.close();
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  async function filled(storage?: string): Promise<RunningOrthanc> {
    const server = await bench.start({ version, ...(storage === undefined ? {} : { storage }) });
    await upload(server.url, FILES, { headers: server.headers });
    return server;
  }

  const target = (server: RunningOrthanc, options = {}) => bench.client(server, { side: 'target', ...options });

  test('lets two servers pass that got the same files on their own', async () => {
    const [a, b] = await Promise.all([filled(), filled()]);
    expect(await codes(bench.client(a), target(b))).toEqual(UNTOLD[version]);
  }, 60_000);

  test('recognises one server under two names, with and without metrics, full and empty', async () => {
    const full = await filled();
    expect(await codes(bench.client(full), target(full, { host: 'localhost' }))).toEqual(['SOURCE_IS_TARGET']);
    await full.restart({ config: { MetricsEnabled: false } });
    expect(await codes(bench.client(full), target(full, { host: 'localhost' }))).toEqual(['SOURCE_IS_TARGET']);
    const empty = await bench.start({ version });
    expect(await codes(bench.client(empty), target(empty, { host: 'localhost' }))).toEqual(['SOURCE_IS_TARGET']);
  }, 60_000);

  test('lets a restored copy pass, with a warning', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'om-copy-'));
    folders.push(folder);
    const original = await filled(join(folder, 'original'));
    // An orderly end leaves an index that can be copied.
    await original.restart();
    await original.kill();
    await cp(join(folder, 'original'), join(folder, 'copy'), { recursive: true });
    await original.restart();
    const copy = await bench.start({ version, storage: join(folder, 'copy') });
    expect(await codes(bench.client(original), target(copy))).toEqual(['SAME_FILES', ...UNTOLD[version]]);
  }, 60_000);

  test('names what stands in the way', async () => {
    const source = bench.client(await bench.start({ version }));
    const server = await bench.start({ version });
    const ask = (client: OrthancClient, wanted: Partial<Wanted> = {}) => codes(source, client, wanted);
    expect(await ask(target(server, { password: 'wrong' }))).toEqual(['TARGET_UNAUTHORIZED']);
    expect(await ask(target(server), { conflict: 'overwrite' })).toEqual(['OVERWRITE_NOT_SUPPORTED']);
    expect(await ask(target(server), { labels: true })).toEqual(
      version === '1.10' ? ['LABELS_NOT_SUPPORTED'] : UNTOLD[version],
    );
    await server.kill();
    expect(await ask(target(server))).toEqual(['TARGET_UNREACHABLE']);
  }, 60_000);
});

describe('assess, with the settings of Orthanc 1.13', () => {
  const bench = new Bench();
  afterAll(() => bench.close());

  test.each([
    [{ ReadOnly: true }, {}, ['TARGET_READ_ONLY']],
    [{ ReadOnly: true }, { writes: false }, []],
    [{ MaximumPatientCount: 100 }, {}, ['TARGET_RECYCLES']],
    [{ MaximumPatientCount: 100, MaximumStorageMode: 'Reject' }, {}, []],
    [{ IngestTranscoding: '1.2.840.10008.1.2.4.80' }, {}, ['TARGET_TRANSCODES']],
    [{ StoreMD5ForAttachments: false }, {}, ['TARGET_STORES_NO_MD5']],
    [{ OverwriteInstances: 'Always' }, {}, ['TARGET_OVERWRITES']],
    [{ OverwriteInstances: true }, { conflict: 'overwrite' }, []],
    [{ OverwriteInstances: 'IfChanged' }, { conflict: 'overwrite' }, []],
  ] as [Record<string, unknown>, Partial<Wanted>, string[]][])(
    'a target with %j, for %j: %j',
    async (config, wanted, found) => {
      const [source, server] = await Promise.all([
        bench.start({ version: '1.13' }),
        bench.start({ version: '1.13', config }),
      ]);
      const client = bench.client(server, { side: 'target' });
      expect(await codes(bench.client(source), client, wanted)).toEqual(found);
      expect((await client.statistics()).instances).toBe(0);
    },
    30_000,
  );
});
