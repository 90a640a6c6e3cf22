import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { DumpFile } from '../../../../functions/core/dump.ts';
import { key, listed, openFolders, openRoots } from './listing.ts';

const newFolder = openFolders();

async function withFile(content: Uint8Array, work: (file: DumpFile, path: string) => Promise<void>): Promise<void> {
  const path = join(newFolder(), 'file');
  writeFileSync(path, content);
  const file = await openRoots([path]).dump.open(key(path));
  try {
    await work(file, path);
  } finally {
    await file.close();
  }
}

describe('a file of a dump', () => {
  test('is read at any position, as far as there are bytes', async () => {
    await withFile(Buffer.from('0123456789'), async (file) => {
      expect(file.size).toBe(10);
      const into = new Uint8Array(4);
      expect(await file.read(into, 2)).toBe(4);
      expect(Buffer.from(into).toString()).toBe('2345');
      expect(await file.read(into, 8)).toBe(2);
      expect(Buffer.from(into).toString()).toBe('8945');
      expect(await file.read(into, 10)).toBe(0);
      expect(await file.read(new Uint8Array(0), 0)).toBe(0);
    });
  });

  test('fills buffers that are larger than what the system gives at once', async () => {
    const content = Buffer.alloc(5_000_000, 'orthanc ');
    await withFile(content, async (file) => {
      const into = Buffer.alloc(content.length + 10);
      expect(await file.read(into, 0)).toBe(content.length);
      expect(into.subarray(0, content.length).equals(content)).toBe(true);
    });
  });

  test('has the version that it was listed with, until it changes', async () => {
    await withFile(Buffer.from('content'), async (file, path) => {
      const [item] = await listed(openRoots([path]).dump);
      expect(item).toMatchObject({ version: file.version, size: file.size });
      expect(await file.versionNow()).toBe(file.version);

      utimesSync(path, 1, 2);
      const touched = await file.versionNow();
      expect(touched).not.toBe(file.version);
      truncateSync(path, 3);
      utimesSync(path, 1, 2);
      expect(await file.versionNow()).not.toBe(touched);
    });
  });

  test('replaced by another one of the same size and time has another version', async () => {
    await withFile(Buffer.from('content'), async (file, path) => {
      writeFileSync(`${path}-new`, 'CONTENT');
      for (const each of [path, `${path}-new`]) utimesSync(each, 1, 2);
      const before = await file.versionNow();
      renameSync(`${path}-new`, path);
      const [item] = await listed(openRoots([path]).dump);
      expect(item).toMatchObject({ kind: 'object', size: file.size });
      expect(item).not.toMatchObject({ version: before });
    });
  });

  test('that is gone, or is no file any more, cannot be opened', async () => {
    const root = newFolder();
    const { dump } = openRoots([root]);
    const path = join(root, 'x');
    await expect(dump.open(key(path))).rejects.toMatchObject({ name: 'DumpError', outcome: 'FILE_VANISHED' });
    await expect(dump.item(key(path))).rejects.toMatchObject({ name: 'DumpError', outcome: 'FILE_VANISHED' });
    mkdirSync(path);
    await expect(dump.open(key(path))).rejects.toMatchObject({ name: 'DumpError', outcome: 'FILE_CHANGED' });
    expect(await dump.item(key(path))).toEqual({ kind: 'problem', key: key(path), code: 'FILE_UNREADABLE' });
    rmSync(path, { recursive: true });
    execFileSync('mkfifo', [path]);
    await expect(dump.open(key(path))).rejects.toMatchObject({ name: 'DumpError', outcome: 'FILE_CHANGED' });
    expect(await dump.item(key(path))).toEqual({ kind: 'problem', key: key(path), code: 'SPECIAL_FILE' });
  });

  test('may be closed twice, but not be read any more', async () => {
    await withFile(Buffer.from('content'), async (file) => {
      await file.close();
      await file.close();
      await expect(file.read(new Uint8Array(1), 0)).rejects.toThrow('closed');
      await expect(file.versionNow()).rejects.toThrow('closed');
    });
  });
});
