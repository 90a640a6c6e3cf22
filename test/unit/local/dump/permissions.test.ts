import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { asSomebodyElse } from './as-somebody-else.ts';
import { key, openFolders, writeTree } from './listing.ts';

const newFolder = openFolders();

const LIST = `
  const list = async (after) => {
    const items = [];
    for await (const { key, code } of dump.list(after)) items.push(key.slice(root.length + 1) + (code ? ' ' + code : ''));
    return items;
  };
  const dump = openLocalDump({ roots: [root] }, { temporary: '/nowhere', onWarning() {} });
`;

function withClosedDoors(): string {
  const root = newFolder();
  writeTree(root, ['a/1', 'closed/1', 'names-only/1', 'secret', 'z']);
  symlinkSync('closed/1', join(root, 'link'));
  chmodSync(join(root, 'closed'), 0o000);
  chmodSync(join(root, 'names-only'), 0o744);
  chmodSync(join(root, 'secret'), 0o000);
  return root;
}

describe('without permission', () => {
  test('folders and what lies in them are problems, and the rest is listed', () => {
    const root = withClosedDoors();
    const all = [
      'a/1',
      'closed FILE_UNREADABLE',
      'link FILE_UNREADABLE',
      'names-only/1 FILE_UNREADABLE',
      'secret',
      'z',
    ];
    expect(asSomebodyElse(root, `${LIST} return list()`)).toEqual(all);
    const after = JSON.stringify(key(join(root, 'closed')));
    expect(asSomebodyElse(root, `${LIST} return list(${after})`)).toEqual(all.slice(2));
  });

  test('a listing does not go on silently within a folder', () => {
    const root = withClosedDoors();
    const after = JSON.stringify(key(join(root, 'closed/0')));
    const body = `${LIST} return list(${after}).catch(({ name, outcome }) => ({ name, outcome }))`;
    expect(asSomebodyElse(root, body)).toEqual({ name: 'DumpError', outcome: 'FILE_UNREADABLE' });
  });

  test('a file cannot be opened, and the error names none', () => {
    const root = withClosedDoors();
    const body = `${LIST} return dump.open(root + '/secret').catch(({ name, outcome, message, cause }) => ({ name, outcome, message, cause }))`;
    expect(asSomebodyElse(root, body)).toEqual({
      name: 'DumpError',
      outcome: 'FILE_UNREADABLE',
      message: 'a file of the dump cannot be read (EACCES)',
    });
  });

  test('a root is refused before anything begins', () => {
    const root = withClosedDoors();
    for (const name of ['closed', 'names-only', 'secret']) {
      const body = `return checkRoots([root + '/${name}']).catch(({ name, message }) => ({ name, message }))`;
      expect(asSomebodyElse(root, body)).toEqual({
        name: 'UsageError',
        message: expect.stringContaining('may not be read by you'),
      });
    }
  });
});
