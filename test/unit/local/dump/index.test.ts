import { readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import type { IndexFact } from '../../../../functions/core/dump.ts';
import { MD5, storagePath, uuid, writeIndex, writeOld } from './index-samples.ts';
import { key, listed, type Opened, openFolders, openRoots } from './listing.ts';

const newFolder = openFolders();

/** What the index says of each object that is listed, by its path. */
async function factsOf({ dump }: Opened, root: string, after?: string): Promise<Record<string, IndexFact | undefined>> {
  const items = await listed(dump, after === undefined ? undefined : key(join(root, after)));
  const objects = items.flatMap((item) => (item.kind === 'object' ? [item] : []));
  return Object.fromEntries(objects.map((item) => [item.key.slice(root.length + 1), item.index]));
}

describe('an index of Orthanc beside the files', () => {
  test('tells type, size and MD5 of what lies below it, by the UUID in the names', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    const files = [1, 2, 3, 4].map(uuid);
    const [image, summary, plugin, orphan] = files.map(storagePath) as [string, string, string, string];
    writeOld(root, [image, summary, orphan, `deep/${uuid(3).toUpperCase()}.dcm.head`, 'other', 'x/README']);
    writeIndex(root, [
      { uuid: uuid(1), size: 1234 },
      { uuid: uuid(2), type: 2, md5: '' },
      { uuid: uuid(3), type: 3 },
    ]);
    const opened = openRoots([root], temporary);

    expect(await factsOf(opened, root)).toEqual({
      [image]: { known: true, type: 1, size: 1234, md5: MD5 },
      [summary]: { known: true, type: 2, size: 100 },
      [orphan]: { known: false },
      [`deep/${uuid(3).toUpperCase()}.dcm.head`]: { known: true, type: 3, size: 100, md5: MD5 },
      index: undefined,
      other: undefined,
      'x/README': undefined,
    });
    expect(Object.keys(await factsOf(opened, root))).not.toContain(plugin);
    expect(opened.warnings).toEqual([]);
    await opened.dump.close();
  });

  test('tells the same when a listing goes on, and of single objects', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    const paths = [1, 2, 3].map(uuid).map(storagePath);
    writeOld(root, paths);
    writeIndex(
      root,
      [1, 2].map((number) => ({ uuid: uuid(number), size: number })),
    );
    const opened = openRoots([root], temporary);

    const all = await listed(opened.dump);
    const rest = await listed(opened.dump, all[0]?.key);

    expect(rest).toEqual(all.slice(1));
    for (const item of all) expect(await opened.dump.item(item.key)).toEqual(item);
    expect(all.map((item) => item.kind === 'object' && item.index)).toEqual([
      { known: true, type: 1, size: 1, md5: MD5 },
      { known: true, type: 1, size: 2, md5: MD5 },
      { known: false },
      undefined,
    ]);
    await opened.dump.close();
  });

  test('holds for its own folder: the innermost one that can be read', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    const name = uuid(7);
    writeOld(root, [
      `a/${name}`,
      `a/inner/${name}`,
      `a/broken/${name}`,
      `b/${name}`,
      `a/broken/index`,
      'a/folder/index/x',
    ]);
    writeOld(root, [`a/folder/${name}`]);
    writeIndex(join(root, 'a'), [{ uuid: name, size: 1 }]);
    writeIndex(join(root, 'a/inner'), [{ uuid: name, size: 2 }]);
    const opened = openRoots([root], temporary);

    const facts = await factsOf(opened, root);

    const sizes = Object.entries(facts).map(([path, fact]) => [path, fact?.known ? fact.size : undefined]);
    expect(Object.fromEntries(sizes)).toMatchObject({
      [`a/${name}`]: 1,
      [`a/inner/${name}`]: 2,
      [`a/broken/${name}`]: 1,
      [`a/folder/${name}`]: 1,
      [`b/${name}`]: undefined,
    });
    expect(opened.warnings).toEqual([expect.stringContaining('it is no SQLite file')]);
    await opened.dump.close();
  });

  test('is only read: the folder stays as it is, and nothing stays behind', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    writeOld(root, [storagePath(uuid(1))]);
    writeIndex(root, [{ uuid: uuid(1) }]);
    const state = () => readdirSync(root).map((name) => [name, statSync(join(root, name)).mtimeMs]);
    const before = state();
    const opened = openRoots([root], temporary);

    await listed(opened.dump);

    expect(readdirSync(temporary)).toEqual([]);
    await opened.dump.close();
    expect(state()).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('is taken with what only its write-ahead log holds, while somebody has it open', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    writeOld(root, [1, 2, 3].map(uuid).map(storagePath));
    writeIndex(root, [{ uuid: uuid(1) }]);
    const server = new DatabaseSync(join(root, 'index'));
    server.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 0');
    server.prepare("INSERT INTO AttachedFiles VALUES (9, 1, ?, 1, 5, 1, '', '')").run(uuid(2));
    const opened = openRoots([root], temporary);
    try {
      const facts = await factsOf(opened, root);
      expect(facts[storagePath(uuid(1))]).toEqual({ known: true, type: 1, size: 100, md5: MD5 });
      expect(facts[storagePath(uuid(2))]).toEqual({ known: true, type: 1, size: 5 });
      expect(facts[storagePath(uuid(3))]).toEqual({ known: false });
      expect(opened.warnings).toEqual([]);
    } finally {
      server.close();
      await opened.dump.close();
    }
  });

  test('calls nothing an orphan that may have been stored since', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    writeOld(root, [1, 2].map(uuid).map(storagePath));
    writeIndex(root, [{ uuid: uuid(1) }]);
    writeFileSync(join(root, uuid(3)), 'just left over');
    const opened = openRoots([root], temporary);
    expect((await factsOf(opened, root))[uuid(3)]).toEqual({ known: false });

    // A server goes on storing.
    const server = new DatabaseSync(join(root, 'index'));
    server.prepare("INSERT INTO AttachedFiles VALUES (9, 1, ?, 1, 5, 1, '', '')").run(uuid(3));
    server.close();

    const facts = await factsOf(opened, root);
    expect(facts[uuid(3)]).toBeUndefined();
    expect(facts[storagePath(uuid(2))]).toEqual({ known: false });
    await opened.dump.close();
  });

  test('of many folders is copied and closed one after the other', async () => {
    const [root, temporary] = [newFolder(), newFolder()];
    const folders = Array.from({ length: 7 }, (_, at) => `server-${at}`);
    for (const [at, folder] of folders.entries()) {
      writeOld(root, [`${folder}/${uuid(at)}`]);
      writeIndex(join(root, folder), [{ uuid: uuid(at), size: at }]);
    }
    symlinkSync('server-3', join(root, 'z'));
    const opened = openRoots([root], temporary);
    for (let round = 0; round < 2; round++) {
      const facts = await factsOf(opened, root);
      for (const [at, folder] of folders.entries())
        expect(facts[`${folder}/${uuid(at)}`]).toMatchObject({ known: true, size: at });
      expect(facts[`z/${uuid(3)}`]).toMatchObject({ known: true, size: 3 });
    }
    await opened.dump.close();
  });
});

describe('an index that cannot be read', () => {
  const broken: [string, (folder: string) => void, string][] = [
    ['that is no SQLite file', (folder) => writeFileSync(join(folder, 'index'), 'plain text'), 'it is no SQLite file'],
    ['that is empty', (folder) => writeFileSync(join(folder, 'index'), ''), 'it is no SQLite file'],
    [
      'that is damaged',
      (folder) => {
        writeIndex(folder, [{ uuid: uuid(1) }]);
        writeFileSync(join(folder, 'index'), Buffer.alloc(50_000, 0xaa), { flag: 'r+' });
        writeFileSync(join(folder, 'index'), 'SQLite format 3\0', { flag: 'r+' });
      },
      'file is not a database',
    ],
    ['of a schema to come', (folder) => writeIndex(folder, [], '7'), 'its database schema is of version 7'],
    [
      'of another program',
      (folder) => {
        const other = new DatabaseSync(join(folder, 'index'));
        other.exec('CREATE TABLE t(a)');
        other.close();
      },
      'no such table',
    ],
  ];
  test.each(broken)('%s changes nothing but gives one warning without names', async (_, make, why) => {
    const [root, temporary] = [newFolder(), newFolder()];
    const path = storagePath(uuid(1));
    writeOld(root, [path]);
    make(root);
    const opened = openRoots([root], temporary);

    expect(await factsOf(opened, root)).toEqual({ [path]: undefined, index: undefined });
    expect(await factsOf(opened, root)).toEqual({ [path]: undefined, index: undefined });
    expect(opened.warnings).toEqual([expect.stringContaining(`the index beside the files cannot be read: ${why}`)]);
    expect(opened.warnings[0]).not.toContain(root);
    await opened.dump.close();
    expect(readdirSync(temporary)).toEqual([]);
  });

  test('for want of a place for its copy does not either', async () => {
    const root = newFolder();
    writeOld(root, [storagePath(uuid(1))]);
    writeIndex(root, [{ uuid: uuid(1) }]);
    const opened = openRoots([root], join(root, 'index/below-a-file'));
    await listed(opened.dump);
    expect(opened.warnings).toEqual([expect.stringMatching(/cannot be read: ENOTDIR/)]);
    await opened.dump.close();
  });
});
