import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { pathKeys, readNames } from '../../../../cli/local/dump/names.ts';
import { brief, key, openFolders, openNames, writeTree } from './listing.ts';

const newFolder = openFolders();

async function* chunks(...parts: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part as string);
}

async function keysOf(stream: AsyncIterable<Uint8Array>) {
  return pathKeys(await readNames(stream));
}

describe('names from standard input', () => {
  test('come one per line, in any order, any number of times', async () => {
    expect(await keysOf(chunks('/b\n/a.txt\n/a/x', '\n\n/b\n/a'))).toEqual(['/a', '/a/x', '/a.txt', '/b']);
    expect(await keysOf(chunks(''))).toEqual([]);
  });

  test('may be cut anywhere by the stream', async () => {
    const bytes = Buffer.from('/ä/ö\n/€\n/z');
    expect(await keysOf(chunks(...[...bytes].map((byte) => Buffer.from([byte]))))).toEqual(['/z', '/ä/ö', '/€']);
  });

  test('are separated by NUL where there is one, and then hold line feeds', async () => {
    expect(await keysOf(chunks('/a\n1', '\n2\0/b', '\n\0'))).toEqual(['/a%0A1%0A2', '/b%0A']);
  });

  test('begin in the current directory when they are relative', async () => {
    const current = process.cwd();
    expect(await keysOf(chunks('x\n./y//z/\n../up'))).toEqual(
      [join(current, 'x'), join(current, 'y/z'), join(current, '../up')].sort(),
    );
  });

  test('keep their bytes', async () => {
    expect(await keysOf(chunks(Buffer.from([0x2f, 0xe4, 0x0a]), '/%\n'))).toEqual(['/%25', '/%E4']);
  });

  test('lose the carriage returns of a list from Windows, but not of a single name', async () => {
    expect(await keysOf(chunks('/b\r\n/a\r\n'))).toEqual(['/a', '/b']);
    expect(await keysOf(chunks('/b\r\n/a\n'))).toEqual(['/a', '/b%0D']);
  });
});

describe('a dump of a list of names', () => {
  test('lists files, what lies in folders, and what is not there; each once', async () => {
    const root = newFolder();
    writeTree(root, ['f', 'd/1', 'd/2', 'd.x']);
    const names = ['d', 'd/1', 'd/never', 'd.x', 'f', 'f/below', 'gone'].map((name) => key(join(root, name)));
    const all = ['d/1', 'd/2', 'd.x', 'f', 'f/below FILE_VANISHED', 'gone FILE_VANISHED'];

    expect(await brief(openNames(names), root)).toEqual(all);
    for (const [at, after] of all.entries())
      expect(await brief(openNames(names), root, after.split(' ')[0])).toEqual(all.slice(at + 1));
  });

  test('can be thousands of single files', async () => {
    const root = newFolder();
    const files = Array.from({ length: 1000 }, (_, at) => `f${1000 + at}`);
    writeTree(root, files);
    const names = files.map((name) => key(join(root, name)));
    expect(await brief(openNames(names), root)).toEqual(files);
    expect(await brief(openNames(names), root, 'f1500')).toEqual(files.slice(501));
  });

  test('goes on behind names below something that is no folder', async () => {
    const root = newFolder();
    symlinkSync('nowhere', join(root, 'l'));
    const names = ['l', 'l/x', 'l/y'].map((name) => key(join(root, name)));
    const dump = openNames(names);
    expect(await brief(dump, root)).toEqual(['l LINK_BROKEN', 'l/x FILE_VANISHED', 'l/y FILE_VANISHED']);
    expect(await brief(dump, root, 'l/x')).toEqual(['l/y FILE_VANISHED']);
  });

  test('is refused in another order than its own', async () => {
    await expect(brief(openNames([key('/b'), key('/a')]), '/')).rejects.toMatchObject({ code: 'NAMES_NOT_SORTED' });
  });
});
