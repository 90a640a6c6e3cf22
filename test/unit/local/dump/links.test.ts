import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { brief, key, listed, openFolders, openRoots, writeTree } from './listing.ts';

const newFolder = openFolders();

describe('symbolic links', () => {
  test('to files and folders are followed', async () => {
    const [root, elsewhere] = [newFolder(), newFolder()];
    writeTree(elsewhere, ['study/1', 'study/2', 'file']);
    symlinkSync(join(elsewhere, 'study'), join(root, 'study'));
    symlinkSync(join(elsewhere, 'file'), join(root, 'file'));
    const { dump } = openRoots([root]);

    const items = await listed(dump);

    expect(items.map((item) => item.key)).toEqual(['file', 'study/1', 'study/2'].map((name) => key(join(root, name))));
    expect(items[0]).toMatchObject({ kind: 'object', size: 'file'.length });
    expect(await brief(dump, root, 'study/1')).toEqual(['study/2']);
  });

  test('that lead nowhere, or only to each other, are problems', async () => {
    const root = newFolder();
    writeTree(root, ['file']);
    symlinkSync('gone', join(root, 'a'));
    symlinkSync('file/below', join(root, 'b'));
    symlinkSync('c', join(root, 'c'));
    expect(await brief(openRoots([root]).dump, root)).toEqual([
      'a LINK_BROKEN',
      'b LINK_BROKEN',
      'c LINK_BROKEN',
      'file',
    ]);
  });

  test('to a folder that they lie in are not followed, wherever the walk began', async () => {
    const root = newFolder();
    writeTree(root, ['top/in/file', 'top/other']);
    symlinkSync('..', join(root, 'top/in/up'));
    symlinkSync('.', join(root, 'top/in/self'));
    const expected = ['top/in/file', 'top/in/self LINK_LOOP', 'top/in/up LINK_LOOP'];

    expect(await brief(openRoots([root]).dump, root)).toEqual([...expected, 'top/other']);
    expect(await brief(openRoots([join(root, 'top/in')]).dump, root)).toEqual(expected);
    expect(await brief(openRoots([root]).dump, root, 'top/in/file')).toEqual([...expected.slice(1), 'top/other']);
    expect(await brief(openRoots([root]).dump, root, 'top/in/up')).toEqual(['top/other']);
  });

  test('that lead around through several folders end where they come back', async () => {
    const [root, elsewhere] = [newFolder(), newFolder()];
    writeTree(root, ['a/1']);
    writeTree(elsewhere, ['b/2']);
    symlinkSync(join(elsewhere, 'b'), join(root, 'a/to-b'));
    symlinkSync(join(root, 'a'), join(elsewhere, 'b/to-a'));
    symlinkSync(elsewhere, join(elsewhere, 'b/up'));
    expect(await brief(openRoots([root]).dump, root)).toEqual([
      'a/1',
      'a/to-b/2',
      'a/to-b/to-a LINK_LOOP',
      'a/to-b/up LINK_LOOP',
    ]);
  });

  test('that lead to one folder twice list it twice', async () => {
    const root = newFolder();
    writeTree(root, ['real/1']);
    for (const name of ['x', 'y']) symlinkSync('real', join(root, name));
    expect(await brief(openRoots([root]).dump, root)).toEqual(['real/1', 'x/1', 'y/1']);
  });
});

describe('what is no file', () => {
  test('is a problem: pipes, sockets, devices', async () => {
    const root = newFolder();
    mkdirSync(join(root, 'd'));
    execFileSync('mkfifo', [join(root, 'd/pipe')]);
    symlinkSync('/dev/null', join(root, 'device'));
    const server = createServer().listen(join(root, 'socket'));
    await once(server, 'listening');
    try {
      expect(await brief(openRoots([root]).dump, root)).toEqual([
        'd/pipe SPECIAL_FILE',
        'device SPECIAL_FILE',
        'socket SPECIAL_FILE',
      ]);
    } finally {
      server.close();
    }
  });
});
