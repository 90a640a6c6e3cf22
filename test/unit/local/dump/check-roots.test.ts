import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { checkRoots } from '../../../../cli/local/dump/check-roots.ts';
import { key, openFolders, writeTree } from './listing.ts';

const newFolder = openFolders();

describe('checking what is to be read', () => {
  test('gives absolute keys in order, without those inside others', async () => {
    const root = newFolder();
    writeTree(root, ['b/1', 'a/1', 'a/sub/2', 'a.txt', '100%']);
    const given = ['b/', 'a/sub', 'a.txt', './a/../a', 'a', '100%'].map((name) => `${relative('.', root)}/${name}`);
    expect(await checkRoots(given)).toEqual(['100%', 'a', 'a.txt', 'b'].map((name) => key(join(root, name))));
  });

  test('refuses what is not there, or is neither folder nor file, by the name that was given', async () => {
    const root = newFolder();
    writeTree(root, ['f']);
    execFileSync('mkfifo', [join(root, 'pipe')]);
    symlinkSync('loop', join(root, 'loop'));
    const refusals: [string, string][] = [
      [join(root, 'gone'), 'does not exist'],
      [join(root, 'f/x'), 'does not exist'],
      [join(root, 'pipe'), 'is neither a folder nor a file'],
      [join(root, 'loop'), 'cannot be read (ELOOP)'],
      ['', 'names no folder and no file'],
    ];
    for (const [given, why] of refusals)
      await expect(checkRoots([join(root, 'f'), given])).rejects.toMatchObject({
        name: 'UsageError',
        message: `${JSON.stringify(given)} ${why}`,
      });
    await expect(checkRoots([])).rejects.toMatchObject({ name: 'UsageError' });
  });
});
