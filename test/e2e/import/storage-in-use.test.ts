/** A storage folder whose server was killed, or still runs: what is in its index may not be in the file named `index` yet. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { DAMAGES, storedFile } from '../../support/damage.ts';
import { makeInstance } from '../../support/dicom.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import type { OrthancVersion } from '../../support/orthanc-binaries.ts';
import { upload } from '../../support/upload.ts';
import { importOnce } from './importing.ts';

jest.setTimeout(120_000);

const INSTANCES = 30;

let servers: RunningOrthanc[] = [];

afterEach(async () => {
  await Promise.all(servers.map((one) => one.stop()));
  servers = [];
});

async function started(version: OrthancVersion): Promise<RunningOrthanc> {
  const server = await startOrthanc({ version });
  servers.push(server);
  return server;
}

async function filled(version: OrthancVersion) {
  const [source, target] = await Promise.all([started(version), started('1.13')]);
  const damaged = makeInstance({ seed: 4711, bytes: 20_000 });
  await upload(source.url, archive({ studies: 2, instancesPerStudy: INSTANCES / 2 }));
  const [damagedId = ''] = await upload(source.url, [damaged]);
  const held = await inventory(source);
  // Only the index tells that one is damaged.
  const damagedFile = await storedFile(source.storageDir, damaged);
  await DAMAGES.flipped(damagedFile);
  held.delete(damagedId);
  return { source, target, held, damagedFile };
}

test.each(['1.10', '1.13'] as const)(
  'GIVEN a running server %s THEN its folder is read as it is, its index with the newest rows',
  async (version) => {
    const { source, target, held, damagedFile } = await filled(version);
    const { end, byCode, row } = await importOnce(source.storageDir, target.url);
    const { STORED, FILE_DAMAGED, INDEX_FILE = 0, ...others } = byCode;
    expect({ STORED, FILE_DAMAGED, others }).toEqual({ STORED: INSTANCES, FILE_DAMAGED: 1, others: {} });
    expect(INDEX_FILE).toBeGreaterThan(1);
    expect(row(damagedFile).code).toBe('FILE_DAMAGED');
    expect(end.exitCode).toBe(6);
    expect(await inventory(target)).toEqual(held);
    // The server was not disturbed.
    expect((await inventory(source)).size).toBe(INSTANCES + 1);
  },
);

test.each(['1.10', '1.13'] as const)(
  'GIVEN a server %s that was killed THEN its folder is read as it is, its index with the newest rows',
  async (version) => {
    const { source, target, held, damagedFile } = await filled(version);
    await source.kill();
    const { byCode, row } = await importOnce(source.storageDir, target.url);
    const { STORED, FILE_DAMAGED, INDEX_FILE = 0, ...others } = byCode;
    expect({ STORED, FILE_DAMAGED, others }).toEqual({ STORED: INSTANCES, FILE_DAMAGED: 1, others: {} });
    expect(INDEX_FILE).toBeGreaterThan(1);
    expect(row(damagedFile).code).toBe('FILE_DAMAGED');
    expect(await inventory(target)).toEqual(held);
  },
);

test.each(['1.10', '1.13'] as const)(
  'GIVEN a server %s that was killed while it was idle THEN the empty log of its index is no lost image',
  async (version) => {
    const { source, target, damagedFile } = await filled(version);
    await source.restart();
    await source.kill();
    const { byCode, row } = await importOnce(source.storageDir, target.url);
    expect(row(`${source.storageDir}/index-wal`)).toMatchObject({ code: 'INDEX_FILE', size: 0 });
    expect(byCode.EMPTY_FILE).toBeUndefined();
    expect(row(damagedFile).code).toBe('FILE_DAMAGED');
  },
);
