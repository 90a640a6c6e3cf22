import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeKey } from '../../../../cli/local/dump/file-key.ts';
import { brief, key, listed, openFolders, openRoots, writeTree } from './listing.ts';

const newFolder = openFolders();

describe('listing folders', () => {
  test('goes depth first, names in the order of their bytes', async () => {
    const root = newFolder();
    writeTree(root, ['b', 'a/z', 'a.dcm', 'a/B/1', 'a/b', 'Z', 'ä', 'empty/x']);
    rmSync(join(root, 'empty/x'));

    expect(await brief(openRoots([root]).dump, root)).toEqual(['Z', 'a/B/1', 'a/b', 'a/z', 'a.dcm', 'b', 'ä']);
  });

  test('tells size and version of each file; the version changes with the content', async () => {
    const root = newFolder();
    writeTree(root, ['one', 'two']);
    const before = await listed(openRoots([root]).dump);
    writeFileSync(join(root, 'two'), 'owt');
    const after = await listed(openRoots([root]).dump);

    expect(before[0]).toEqual({ kind: 'object', key: key(join(root, 'one')), size: 3, version: expect.any(String) });
    expect(after[0]).toEqual(before[0]);
    expect(after[1]).not.toEqual(before[1]);
  });

  test('keeps names that are no UTF-8', async () => {
    const root = newFolder();
    const name = Buffer.concat([Buffer.from(`${root}/M`), Buffer.from([0xfc]), Buffer.from('ller\n100%')]);
    writeFileSync(name, 'x');
    const { dump } = openRoots([root]);

    const [item] = await listed(dump);

    expect(item?.key).toBe(encodeKey(name));
    const file = await dump.open(encodeKey(name));
    expect(file.size).toBe(1);
    await file.close();
  });

  test('reads folders that are too large for one call in the same order', async () => {
    const root = newFolder();
    const names = Array.from({ length: 5000 }, (_, at) => `${(at * 7919) % 5000}-with-a-name-that-is-rather-long`);
    for (const name of names) writeFileSync(join(root, name), '');
    names.sort();

    expect(await brief(openRoots([root]).dump, root)).toEqual(names);
    expect(await brief(openRoots([root]).dump, root, names[4321])).toEqual(names.slice(4322));
  });

  test('takes roots in order, those inside others and those given twice once', async () => {
    const root = newFolder();
    writeTree(root, ['b/1', 'a/1', 'a/sub/2', 'a.txt']);
    const roots = ['b', 'a/sub', 'a.txt', 'a', 'b/1', 'a.txt'].map((name) => join(root, name));

    expect(await brief(openRoots(roots).dump, root)).toEqual(['a/1', 'a/sub/2', 'a.txt', 'b/1']);
  });

  test('a root that is gone since is a problem of its own', async () => {
    const root = newFolder();
    writeTree(root, ['b/1']);
    const { dump } = openRoots([join(root, 'a'), join(root, 'b')]);
    expect(await brief(dump, root)).toEqual(['a FILE_VANISHED', 'b/1']);
  });
});

describe('listing goes on', () => {
  test('after any key, with the rest of what a whole listing gives', async () => {
    const part = fc.constantFrom('a', 'a.', 'A', 'ä', 'b-', 'b', '0');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { maxLength: 25 }), async (paths) => {
        const root = newFolder();
        const files = paths.filter((file) => !paths.some((other) => other.startsWith(`${file}/`)));
        writeTree(root, files);
        const all = await brief(openRoots([root]).dump, root);
        expect([...all].sort()).toEqual([...files].sort());
        for (const [at, file] of all.entries())
          expect(await brief(openRoots([root]).dump, root, file)).toEqual(all.slice(at + 1));
      }),
      { numRuns: 40 },
    );
  });

  test('after a key whose file, or whose folders, are gone', async () => {
    const root = newFolder();
    writeTree(root, ['a/1', 'b/1', 'b/2/x', 'b/3', 'c']);
    rmSync(join(root, 'b/2'), { recursive: true });
    expect(await brief(openRoots([root]).dump, root, 'b/2/x')).toEqual(['b/3', 'c']);
    rmSync(join(root, 'b'), { recursive: true });
    expect(await brief(openRoots([root]).dump, root, 'b/2/x')).toEqual(['c']);
    writeFileSync(join(root, 'b'), 'a file now');
    expect(await brief(openRoots([root]).dump, root, 'b/2/x')).toEqual(['c']);
  });

  test('in the right one of several roots', async () => {
    const root = newFolder();
    writeTree(root, ['a/1', 'a/2', 'a.txt', 'b/1', 'b/2']);
    const roots = ['a', 'a.txt', 'b'].map((name) => join(root, name));
    expect(await brief(openRoots(roots).dump, root, 'a/1')).toEqual(['a/2', 'a.txt', 'b/1', 'b/2']);
    expect(await brief(openRoots(roots).dump, root, 'a.txt')).toEqual(['b/1', 'b/2']);
    expect(await brief(openRoots(roots).dump, root, 'b/1')).toEqual(['b/2']);
    expect(await brief(openRoots(roots).dump, root, 'b/2')).toEqual([]);
  });

  test('but not silently when the rest of a folder can no longer be listed', async () => {
    const root = newFolder();
    writeTree(root, ['real/1', 'real/2', 'z']);
    symlinkSync('real', join(root, 'link'));
    const { dump } = openRoots([root]);
    expect(await brief(dump, root, 'link/1')).toEqual(['link/2', 'real/1', 'real/2', 'z']);

    rmSync(join(root, 'real'), { recursive: true });
    await expect(brief(dump, root, 'link/1')).rejects.toMatchObject({ name: 'DumpError', outcome: 'LINK_BROKEN' });
    renameSync(root, `${root}-moved`);
    await expect(brief(dump, root, 'real/1')).rejects.toMatchObject({ name: 'DumpError', outcome: 'FILE_VANISHED' });
    mkdirSync(root);
    expect(await brief(dump, root, 'real/1')).toEqual([]);
  });
});
