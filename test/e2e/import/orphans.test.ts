/** What the index beside the files knows: damage, what is left over from deletions, copies, and attachments of users. */
import { cp, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { run } from '../../support/command-line.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { DAMAGES, storedFile } from '../../support/damage.ts';
import { type InstanceSpec, makeInstance, uid } from '../../support/dicom.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { importOnce } from './importing.ts';
import { headerOnly } from './objects.ts';
import { attachedFiles, type Folder, filledBy, makeFolder, md5 } from './storage.ts';

jest.setTimeout(120_000);

const KEPT = [...archive({ studies: 2, instancesPerStudy: 8, bytes: 9000 })];
const revised: InstanceSpec = {
  patientId: 'REVISED',
  studyUid: uid('r'),
  seriesUid: uid('r', 1),
  sopUid: uid('r', 1, 1),
};
const NEWER = makeInstance({ ...revised, seed: 904 });
const OLDER = makeInstance({ ...revised, seed: 905 });
/** The server itself had no pixels of it. */
const BARE = headerOnly(makeInstance({ seed: 902 }));
const DAMAGED = makeInstance({ seed: 901, bytes: 9000 });
/** By a user, to a patient: no instance of the archive, whatever it is. */
const ATTACHED = makeInstance({ seed: 903 });
const DELETED = makeInstance({ seed: 900, bytes: 9000 });

/** Names that come before, or behind, all that a server makes. */
const FIRST = '00000000-0000-4000-8000-00000000000';
const LAST = 'ffffffff-ffff-4fff-bfff-fffffffffff';

/** As the server left it. */
let left: Folder;
let target: RunningOrthanc;
let folder: Folder;

beforeAll(async () => {
  [left, target] = await Promise.all([makeFolder(), startOrthanc({ version: '1.13' })]);
  await filledBy(left, { version: '1.10' }, async ({ url }) => {
    const [first] = await upload(url, [...KEPT, NEWER, BARE, DAMAGED], { concurrency: 1 });
    const patient = (await (await fetch(`${url}instances/${first}/patient`)).json()) as { ID: string };
    const attachment = `${url}patients/${patient.ID}/attachments/1024`;
    expect((await fetch(attachment, { method: 'PUT', body: new Uint8Array(ATTACHED) })).status).toBe(200);
  });
});

afterAll(async () => {
  await target.stop();
  await left.remove();
});

beforeEach(async () => {
  folder = await makeFolder();
  await cp(left.path, folder.path, { recursive: true });
});

afterEach(async () => {
  await folder.remove();
  for (const id of (await (await fetch(`${target.url}patients`)).json()) as string[])
    await fetch(`${target.url}patients/${id}`, { method: 'DELETE' });
});

const fileOf = (content: Buffer) => storedFile(folder.path, content);
const md5sInTarget = async () => [...(await inventory(target)).values()].map((one) => one.md5 ?? '').sort();
const md5sOf = (...files: readonly Buffer[]) => files.map(md5).sort();

describe('a storage folder with its index', () => {
  test('GIVEN it as the server left it THEN all that the server held arrives, and attachments of users do not', async () => {
    const attachment = await fileOf(ATTACHED);
    const { end, row, byCode } = await importOnce(folder.path, target.url);
    // What the server has without pixels is whole by the word of its index.
    expect(byCode).toEqual({ STORED: KEPT.length + 3, NOT_DICOM: 1, INDEX_FILE: 1 });
    expect(row(attachment).code).toBe('NOT_DICOM');
    expect(end.exitCode).toBe(0);
    expect(await md5sInTarget()).toEqual(md5sOf(...KEPT, NEWER, BARE, DAMAGED));
  });

  test.each(['flipped', 'truncated', 'emptied'] as const)(
    'GIVEN a file that was %s THEN it is refused',
    async (damage) => {
      const damaged = await fileOf(DAMAGED);
      await DAMAGES[damage](damaged);
      const { end, row, byCode } = await importOnce(folder.path, target.url);
      expect(row(damaged)).toMatchObject({ outcome: 'failure', code: 'FILE_DAMAGED', sentByUs: 'no' });
      expect(byCode).toMatchObject({ STORED: KEPT.length + 2, FILE_DAMAGED: 1 });
      expect(end.exitCode).toBe(6);
      expect(await md5sInTarget()).toEqual(md5sOf(...KEPT, NEWER, BARE));
    },
  );

  describe('and files that it does not know', () => {
    let orphans: { readonly deleted: string; readonly older: string; readonly copy: string };

    beforeEach(async () => {
      orphans = {
        deleted: await folder.store(DELETED, `${LAST}1`),
        older: await folder.store(compressedAttachment(OLDER), `${FIRST}2`),
        copy: await folder.store(headerOnly(DELETED), `${FIRST}3`),
      };
    });

    test('GIVEN --orphans import THEN they are sent, but give way to what the index knows', async () => {
      const newer = await fileOf(NEWER);
      const { end, rows, row, byCode } = await importOnce(folder.path, target.url);
      expect(row(orphans.deleted)).toMatchObject({ code: 'STORED', orphan: true });
      expect(row(orphans.older)).toMatchObject({ code: 'DUPLICATE_CONFLICT', otherFile: newer, orphan: true });
      expect(row(orphans.copy)).toMatchObject({ code: 'HEADER_ONLY_COPY', orphan: true });
      expect(byCode.STORED).toBe(KEPT.length + 4);
      expect(rows.filter(({ orphan }) => orphan)).toHaveLength(3);
      expect(end).toMatchObject({ exitCode: 1, orphans: 3 });
      expect(await md5sInTarget()).toEqual(md5sOf(...KEPT, NEWER, BARE, DAMAGED, DELETED));
    });

    test('GIVEN --orphans skip THEN they are counted apart, and not sent', async () => {
      const { end, row, byCode } = await importOnce(folder.path, target.url, '--orphans', 'skip');
      for (const file of Object.values(orphans))
        expect(row(file)).toMatchObject({ code: 'ORPHAN_SKIPPED', orphan: true });
      expect(byCode).toMatchObject({ STORED: KEPT.length + 3, ORPHAN_SKIPPED: 3 });
      expect(end).toMatchObject({ exitCode: 0, orphans: 3 });
      expect(await md5sInTarget()).toEqual(md5sOf(...KEPT, NEWER, BARE, DAMAGED));
    });

    test('GIVEN a person who reads the summary THEN it tells of them', async () => {
      const state = await makeFolder();
      const { stdout } = await run(['import', folder.path, target.url, '--state-dir', join(state.path, 'state')]);
      await state.remove();
      expect(stdout).toMatch(/3 files not known to the index beside them/);
    });
  });

  /** What stands in the place of the index. */
  const BROKEN: Readonly<Record<string, (index: string) => Promise<void>>> = {
    'overwritten from its second page on': async (index) => {
      const file = await open(index, 'r+');
      const { size } = await file.stat();
      await file.write(Buffer.alloc(size - 4096, 0x5a), 0, size - 4096, 4096);
      await file.close();
    },
    'cut in the middle of a page': async (index) => {
      const file = await open(index, 'r+');
      await file.truncate(5000);
      await file.close();
    },
    'no SQLite file': (index) => writeFile(index, 'once there was an index\n'),
    'an empty file': (index) => writeFile(index, ''),
  };

  test.each(Object.keys(BROKEN))('GIVEN an index that is %s THEN nothing else changes', async (how) => {
    await BROKEN[how]?.(join(folder.path, 'index'));
    const bare = await fileOf(BARE);
    const { row, rows, byCode } = await importOnce(folder.path, target.url);
    // Without an index nobody knows that this image never had pixels, nor that one was attached by a user.
    expect(row(bare).code).toBe('PIXEL_DATA_MISSING');
    expect(byCode).toMatchObject({ STORED: KEPT.length + 3, PIXEL_DATA_MISSING: 1 });
    expect(rows.filter(({ orphan }) => orphan)).toEqual([]);
    expect(await md5sInTarget()).toEqual(md5sOf(...KEPT, NEWER, DAMAGED, ATTACHED));
  });

  test('GIVEN the folder above that of the index THEN the index counts all the same', async () => {
    const above = await makeFolder();
    try {
      await cp(folder.path, join(above.path, 'OrthancStorage'), { recursive: true });
      const [damaged = ''] = attachedFiles(folder)
        .filter(({ type }) => type === 1)
        .map(({ path }) => join(above.path, 'OrthancStorage', path.slice(folder.path.length)));
      await DAMAGES.flipped(damaged);
      const { row, byCode } = await importOnce(above.path, target.url);
      expect(row(damaged).code).toBe('FILE_DAMAGED');
      expect(byCode.STORED).toBe(KEPT.length + 2);
    } finally {
      await above.remove();
    }
  });
});
