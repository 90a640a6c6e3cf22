/** The storage folder of a real, stopped Orthanc 1.10.1 into an empty 1.13.0: with its index, and after the index was lost. */
import { cp, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { inventory, type StoredInstance } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { importOnce } from './importing.ts';
import { makeObject } from './objects.ts';
import { type Attached, attachedFiles, type Folder, filesIn, filledBy, makeFolder, TYPE } from './storage.ts';

jest.setTimeout(180_000);

const STUDIES = 4;
const PER_STUDY = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 1000 : 15;
const IMAGES = STUDIES * PER_STUDY;
const COMPRESSED = { StorageCompression: true };

const images = (seed: number) =>
  archive({
    studies: STUDIES,
    instancesPerStudy: PER_STUDY,
    bytes: (index) => (index % 5 === 0 ? 300_000 : 6000),
    seed,
  });
/** Without pixel data by nature: Orthanc makes no header-only copy of them. */
const reports = [makeObject('sr', 1), makeObject('ko', 2)];

interface History {
  readonly compressedAtFirst: boolean;
  readonly compressedLater: boolean;
}

const HISTORIES: Readonly<Record<string, History>> = {
  'without compression': { compressedAtFirst: false, compressedLater: false },
  'with compression': { compressedAtFirst: true, compressedLater: true },
  'with compression switched on in the middle': { compressedAtFirst: false, compressedLater: true },
};

function fill(folder: Folder, { compressedAtFirst, compressedLater }: History) {
  return filledBy(folder, { version: '1.10', ...(compressedAtFirst && { config: COMPRESSED }) }, async (server) => {
    await upload(server.url, [...images(1), ...reports]);
    if (compressedLater !== compressedAtFirst) await server.restart({ config: COMPRESSED });
    await upload(server.url, images(2));
  });
}

describe.each(Object.entries(HISTORIES))('a storage folder written %s', (_, history) => {
  const copies = (history.compressedAtFirst ? IMAGES : 0) + (history.compressedLater ? IMAGES : 0);
  const instances = 2 * IMAGES + reports.length;
  /** Each with its header-only copy, where it is compressed. */
  const counts = { STORED: instances, ...(copies > 0 && { HEADER_ONLY_COPY: copies }) };
  let folder: Folder;
  let held: ReadonlyMap<string, StoredInstance>;
  let attached: readonly Attached[];

  beforeAll(async () => {
    folder = await makeFolder();
    ({ held } = await fill(folder, history));
    attached = attachedFiles(folder);
  });

  afterAll(() => folder.remove());

  const withEmptyServer = async (use: (target: RunningOrthanc) => Promise<void>) => {
    const target = await startOrthanc({ version: '1.13' });
    await use(target).finally(() => target.stop());
  };

  test('GIVEN its index THEN exactly what the server held arrives, and each file has its outcome', () =>
    withEmptyServer(async (target) => {
      const files = await filesIn(folder.path);
      // The folder is what the test is about.
      expect(held.size).toBe(instances);
      expect(attached.filter(({ type }) => type === TYPE.untilPixelData)).toHaveLength(copies);
      const { end, rows, byCode } = await importOnce(folder.path, target.url);
      expect(await inventory(target)).toEqual(held);
      expect(byCode).toEqual({ ...counts, INDEX_FILE: files.length - attached.length });
      expect(rows.map(({ file }) => file).sort()).toEqual(files.sort());
      const codes = new Map(rows.map(({ file, code }) => [file, code]));
      for (const { type, path } of attached)
        expect(codes.get(path)).toBe(type === TYPE.dicom ? 'STORED' : 'HEADER_ONLY_COPY');
      expect(end).toMatchObject({ exitCode: 0, counts: { sent: instances, alreadyThere: 0 } });
      // A reader leaves nothing behind.
      expect((await filesIn(folder.path)).sort()).toEqual(files);
    }));

  test('GIVEN its index is lost THEN all instances are back in a fresh server', () =>
    withEmptyServer(async (target) => {
      const drill = await makeFolder();
      try {
        await cp(folder.path, drill.path, { recursive: true });
        for (const file of await filesIn(drill.path)) if (/^index/.test(basename(file))) await rm(file);
        const { end, byCode } = await importOnce(drill.path, target.url);
        expect(await inventory(target)).toEqual(held);
        expect(byCode).toEqual(counts);
        expect(end.exitCode).toBe(0);
      } finally {
        await drill.remove();
      }
    }));
});
