import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { FileObjectStore } from '../../../cli/local/object-store.ts';
import { temporaryDirectories } from './temporary.ts';

const directory = temporaryDirectories();
const body = new TextEncoder().encode('x');

test.each([
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '..',
  '../a',
  'a/../b',
  'a/..',
  './a',
  '.incoming/a',
  'a\\b',
  'a\u0000b',
  'a\nb',
])('key %j is refused', async (key) => {
  const root = directory();
  const store = new FileObjectStore(root);
  await expect(store.write(key, body)).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
  await expect(store.read(key)).rejects.toMatchObject({ code: 'OBJECT_KEY_INVALID' });
  expect(readdirSync(root)).toEqual([]);
});

test('objects are private to the user', async () => {
  const root = join(directory(), 'objects');
  await new FileObjectStore(root).write('a/b/c', body);
  const modes = ['', 'a', 'a/b', 'a/b/c'].map((path) => statSync(join(root, path)).mode & 0o777);
  expect(modes).toEqual([0o700, 0o700, 0o700, 0o600]);
});

test('what is only a part of other keys is no object', async () => {
  const store = new FileObjectStore(directory());
  await store.write('a/b', body);
  await expect(store.read('a')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  await expect(store.read('a/b/c')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
});

test('leftovers of dead writers are removed and never listed', async () => {
  const root = directory();
  const store = new FileObjectStore(root);
  mkdirSync(join(root, '.incoming'));
  writeFileSync(join(root, '.incoming', 'half'), 'x');
  await store.write('a', body);
  const keys: string[] = [];
  for await (const key of store.list('')) keys.push(key);
  expect(keys).toEqual(['a']);
  await store.removeLeftovers();
  expect(existsSync(join(root, '.incoming'))).toBe(false);
  await store.write('b', body);
});

test('a full disk', async () => {
  const store = new FileObjectStore(directory());
  const full = async function* () {
    yield body;
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  await expect(store.write('a', full())).rejects.toMatchObject({ code: 'STATE_DISK_FULL' });
});
