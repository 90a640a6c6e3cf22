import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Dump } from '../../../../functions/core/dump.ts';
import type { FileKey } from '../../../../functions/core/ids.ts';
import { key, listed, openFolders, openRoots, writeTree } from './listing.ts';

const newFolder = openFolders();

/** The next keys after this one. */
async function page(dump: Dump, length: number, after?: FileKey): Promise<FileKey[]> {
  const keys: FileKey[] = [];
  for await (const item of dump.list(after)) if (keys.push(item.key) === length) break;
  return keys;
}

describe('listing page by page', () => {
  const files = Array.from({ length: 700 }, (_, at) => `${1000 + at}`);

  test('gives everything once, also when each page is read further than it goes', async () => {
    const root = newFolder();
    writeTree(root, files);
    const { dump } = openRoots([root]);
    const keys: FileKey[] = [];
    for (let more = true; more; ) {
      const read = await page(dump, 100, keys.at(-1));
      more = read.length === 100;
      keys.push(...(more ? read.slice(0, 84) : read));
    }
    expect(keys).toEqual(files.map((name) => key(join(root, name))));
  });

  test('can begin anew, or go far back', async () => {
    const root = newFolder();
    writeTree(root, files);
    const { dump } = openRoots([root]);
    const all = files.map((name) => key(join(root, name)));
    expect(await page(dump, 650)).toEqual(all.slice(0, 650));
    expect(await page(dump, 10, all[3])).toEqual(all.slice(4, 14));
    expect(await page(dump, 10)).toEqual(all.slice(0, 10));
    expect(await page(dump, 10, all[8])).toEqual(all.slice(9, 19));
  });

  test('serves two readers at once', async () => {
    const root = newFolder();
    writeTree(root, files);
    const { dump } = openRoots([root]);
    const all = files.map((name) => key(join(root, name)));
    await page(dump, 5);
    const [one, two] = await Promise.all([page(dump, 600, all[4]), page(dump, 600, all[4])]);
    expect(one).toEqual(all.slice(5, 605));
    expect(two).toEqual(one);
  });

  test('after an error begins anew where it is to go on', async () => {
    const root = newFolder();
    writeTree(root, ['a', 'b', 'c']);
    const { dump } = openRoots([root]);
    await page(dump, 1);
    rmSync(root, { recursive: true });
    const inside = key(join(root, 'x'));
    await expect(page(dump, 1, inside)).rejects.toMatchObject({ name: 'DumpError' });
    writeTree(root, ['y', 'z']);
    writeFileSync(join(root, 'x'), 'there again');
    expect((await listed(dump, inside)).map((item) => item.key)).toEqual([key(join(root, 'y')), key(join(root, 'z'))]);
  });
});
