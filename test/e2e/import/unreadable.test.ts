/** Files and folders that the user may not read: a failure each, and retried once the permissions are right. */
import { spawn } from 'node:child_process';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Ended, PROGRAM } from '../../support/command-line.ts';
import { makeInstance } from '../../support/dicom.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { checkImport } from './importing.ts';
import { headerOnly } from './objects.ts';
import { type Folder, makeFolder, md5 } from './storage.ts';

jest.setTimeout(120_000);

/** Permissions mean nothing to root, unless it gives these up. */
const MODEST = [
  'setpriv',
  '--bounding-set=-dac_override,-dac_read_search',
  '--inh-caps=-dac_override,-dac_read_search',
];

let folder: Folder;
let state: Folder;
let target: RunningOrthanc;

beforeEach(async () => {
  [folder, state, target] = await Promise.all([makeFolder(), makeFolder(), startOrthanc({ version: '1.13' })]);
});

afterEach(() => Promise.all([folder.remove(), state.remove(), target.stop()]));

function modestly(...args: string[]): Promise<Ended> {
  const begun = performance.now();
  const { NODE_OPTIONS: _, ...env } = process.env;
  const prefix = process.getuid?.() === 0 ? MODEST : [];
  const [command = '', ...rest] = [
    ...prefix,
    process.execPath,
    PROGRAM,
    ...args,
    '--state-dir',
    join(state.path, 's'),
    '--json',
  ];
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => (output.stdout += piece));
  child.stderr.on('data', (piece) => (output.stderr += piece));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ ...output, code, signal, seconds: (performance.now() - begun) / 1000 }),
    );
  });
}

test.each([
  ['before', 'a', 'b'],
  ['behind', 'b', 'a'],
])(
  'GIVEN an image that cannot be read, %s its header-only copy THEN the copy is not sent, and retry sends the image',
  async (_, wholeName, copyName) => {
    const image = makeInstance({ seed: 1 });
    const whole = await folder.write(wholeName, image);
    const copy = await folder.write(copyName, headerOnly(image));
    const other = await folder.write('c', makeInstance({ seed: 2 }));
    const closed = join(folder.path, 'closed');
    await mkdir(closed);
    const inside = await folder.write('closed/inside', makeInstance({ seed: 3 }));
    await chmod(whole, 0);
    await chmod(closed, 0);
    const first = await checkImport(await modestly('import', folder.path, target.url));
    expect(first.row(whole)).toMatchObject({ outcome: 'failure', code: 'FILE_UNREADABLE' });
    expect(first.row(closed).code).toBe('FILE_UNREADABLE');
    expect(first.row(copy).code).toBe('PIXEL_DATA_MISSING');
    expect(first.row(other).code).toBe('STORED');
    expect(first.end.exitCode).toBe(6);

    await chmod(whole, 0o600);
    const retried = await checkImport(await modestly('retry'));
    expect(retried.row(whole).code).toBe('STORED');
    expect(retried.row(copy).code).toBe('HEADER_ONLY_COPY');
    expect(retried.row(closed).code).toBe('FILE_UNREADABLE');

    // What is in a folder that could not be listed is for another job.
    await chmod(closed, 0o700);
    const again = await checkImport(await modestly('import', folder.path, target.url));
    expect(again.row(inside).code).toBe('STORED');
    expect(again.end.exitCode).toBe(0);
    const stored = [...(await inventory(target)).values()].map((one) => one.md5 ?? '');
    expect(stored.sort()).toEqual([1, 2, 3].map((seed) => md5(makeInstance({ seed }))).sort());
  },
);
