/** What file systems hold besides plain files with plain names: each has its outcome. */
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { makeInstance } from '../../support/dicom.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { importing, importOnce } from './importing.ts';
import { type Folder, makeFolder, md5 } from './storage.ts';

jest.setTimeout(120_000);

let folder: Folder;
let target: RunningOrthanc;

beforeAll(async () => {
  target = await startOrthanc({ version: '1.13' });
});
afterAll(() => target.stop());

beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(async () => {
  await folder.remove();
  for (const id of (await (await fetch(`${target.url}patients`)).json()) as string[])
    await fetch(`${target.url}patients/${id}`, { method: 'DELETE' });
});

const md5s = async () => [...(await inventory(target)).values()].map((stored) => stored.md5 ?? '').sort();

describe('names', () => {
  /** Names as bytes, and how the evidence writes them. */
  const NAMES: readonly (readonly [Buffer, string])[] = [
    [Buffer.from('with space'), 'with space'],
    [Buffer.from('Müller^Jürgen 漢字 🩻.dcm'), 'Müller^Jürgen 漢字 🩻.dcm'],
    [Buffer.from('caf\xe9', 'latin1'), 'caf%E9'],
    [Buffer.from([0xff, 0xfe, 0x41]), '%FF%FEA'],
    [Buffer.from('two\nlines\ttab'), 'two%0Alines%09tab'],
    [Buffer.from('100%'), '100%25'],
    [Buffer.from('%41'), '%2541'],
    [Buffer.from('-rf'), '-rf'],
    [Buffer.from('"quoted" \'and\' \\ `back`'), '"quoted" \'and\' \\ `back`'],
    [Buffer.from('x'.repeat(255)), 'x'.repeat(255)],
  ];

  test('GIVEN names of any bytes THEN all files arrive, each told of under its own name', async () => {
    const path = (name: Buffer) => Buffer.concat([Buffer.from(`${folder.path}/`), name]);
    for (const [at, [name]] of NAMES.entries()) await writeFile(path(name), makeInstance({ seed: at }));
    // Folders, too.
    await mkdir(path(Buffer.from([0xe9])));
    await writeFile(path(Buffer.from([0xe9, 0x2f, 0xe8])), makeInstance({ seed: 99 }));
    const { end, rows } = await importOnce(folder.path, target.url);
    const wanted = [...NAMES.map(([, key]) => key), '%E9/%E8'].map((key) => `${folder.path}/${key}`);
    expect(rows.map(({ file }) => file).sort()).toEqual(wanted.sort());
    expect(end).toMatchObject({ exitCode: 0, counts: { success: wanted.length } });
    const seeds = [...NAMES.keys(), 99];
    expect(await md5s()).toEqual(seeds.map((seed) => md5(makeInstance({ seed }))).sort());
  });

  test('GIVEN a failure under such a name THEN "failures" shows it, and retry finds it', async () => {
    const name = Buffer.from('caf\xe9\n', 'latin1');
    const path = Buffer.concat([Buffer.from(`${folder.path}/`), name]);
    const content = makeInstance({ seed: 1, bytes: 20_000 });
    await writeFile(path, content.subarray(0, 300));
    const job = await importing(folder.path, target.url);
    try {
      expect((await job.import()).end.exitCode).toBe(6);
      expect((await job.command('failures')).stdout).toContain(`${folder.path}/caf%E9%0A`);
      await writeFile(path, content);
      const retried = await job.imported(await job.command('retry', '--json'));
      expect(retried.row(`${folder.path}/caf%E9%0A`).code).toBe('STORED');
      expect(retried.end.exitCode).toBe(0);
    } finally {
      await job.remove();
    }
  });
});

describe('what is no plain file', () => {
  test('GIVEN links, pipes, sockets and empty files THEN the import ends, and each has its outcome', async () => {
    const image = await folder.write('a/image', makeInstance({ seed: 1 }));
    const outside = await makeFolder();
    const elsewhere = makeInstance({ seed: 2 });
    await outside.write('deep/elsewhere', elsewhere);
    const at = (name: string) => join(folder.path, name);
    await symlink(folder.path, at('a/loop'));
    await symlink('.', at('itself'));
    await symlink('nowhere', at('broken'));
    await symlink('mutual-2', at('mutual-1'));
    await symlink('mutual-1', at('mutual-2'));
    await symlink(image, at('linked'));
    await symlink(outside.path, at('outside'));
    await folder.write('empty', Buffer.alloc(0));
    execFileSync('mkfifo', [at('pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
    try {
      const { end, row, rows } = await importOnce(folder.path, target.url);
      const codes = Object.fromEntries(rows.map(({ file, code }) => [file.slice(folder.path.length + 1), code]));
      expect(codes).toEqual({
        'a/image': 'STORED',
        'a/loop': 'LINK_LOOP',
        itself: 'LINK_LOOP',
        broken: 'LINK_BROKEN',
        'mutual-1': 'LINK_BROKEN',
        'mutual-2': 'LINK_BROKEN',
        linked: 'DUPLICATE',
        'outside/deep/elsewhere': 'STORED',
        empty: 'EMPTY_FILE',
        pipe: 'SPECIAL_FILE',
        socket: 'SPECIAL_FILE',
      });
      expect(row(at('linked')).otherFile).toBe(image);
      expect(end).toMatchObject({ exitCode: 6, counts: { failure: 3, warning: 1 } });
      expect(await md5s()).toEqual([md5(makeInstance({ seed: 1 })), md5(elsewhere)].sort());
    } finally {
      await new Promise((resolve) => server.close(resolve));
      await outside.remove();
    }
  });

  test('GIVEN nothing at all THEN the import ends at once, with nothing', async () => {
    const { end, rows } = await importOnce(folder.path, target.url);
    expect(rows).toEqual([]);
    expect(end).toMatchObject({ state: 'completed', exitCode: 0, scanned: 0 });
  });
});
