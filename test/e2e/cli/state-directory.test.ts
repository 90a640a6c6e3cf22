import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import {
  type Ended,
  events,
  PROGRAM,
  run,
  type StateDirectory,
  start,
  stateDirectory,
} from '../../support/command-line.ts';
import { held } from '../../support/held.ts';
import { compareServers } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

let source: RunningOrthanc;
let target: RunningOrthanc;
let state: StateDirectory;

beforeAll(async () => {
  [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
  await upload(source.url, archive({ studies: 10, instancesPerStudy: 150, bytes: 8000 }));
});

afterAll(async () => {
  await Promise.all([source, target].map((server) => server?.stop()));
});

beforeEach(async () => {
  state = await stateDirectory();
});

afterEach(() => state.remove());

function replicate(directory = state.path): Promise<Ended> {
  return run(['replicate', source.url, target.url, '--state-dir', directory]);
}

function expectRefusal(ended: Ended, text: RegExp): void {
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
  expect(ended.stderr).toMatch(text);
  expect(ended.code).toBe(7);
}

test('GIVEN a state directory in use THEN a second run is refused, and the first goes on', async () => {
  const empty = await startOrthanc({ version: '1.13' });
  const first = start(['replicate', source.url, empty.url, '--state-dir', state.path, '--bwlimit', '300K']);
  await until('something has arrived', async () => (await held(empty)) > 0);
  expectRefusal(
    await replicate(),
    /is in use by process \d+ on this machine; wait for it, or give another --state-dir/,
  );
  // Commands that only look do so all the same.
  const status = await run(['status', '--state-dir', state.path]);
  expect(status.stdout).toMatch(/^job \S+: running \(process \d+\)\n/);
  await run(['cancel', '--state-dir', state.path]);
  expect((await first.ended).stdout).toMatch(/: cancelled after/);
  await empty.stop();
});

test('GIVEN state of a newer version THEN it is left alone', async () => {
  await run(['limits', target.url, '--state-dir', state.path]);
  const file = join(state.path, 'state.sqlite');
  const database = new DatabaseSync(file);
  database.exec('PRAGMA user_version = 999');
  database.close();
  const before = await readFile(file);
  expectRefusal(await replicate(), /written by a newer orthanc-migrate \(state version 999.*update orthanc-migrate/);
  expect(await readFile(file)).toEqual(before);
});

test('GIVEN a damaged state file THEN it is left alone', async () => {
  await mkdir(state.path);
  const garbage = Buffer.from('this was never a state file. '.repeat(200));
  await writeFile(join(state.path, 'state.sqlite'), garbage);
  expectRefusal(await replicate(), /is damaged or no state file of orthanc-migrate; move it away/);
  expect(await readFile(join(state.path, 'state.sqlite'))).toEqual(garbage);
});

test('GIVEN a state directory that cannot be written THEN it says so', async () => {
  // Not even root can make a directory there.
  expectRefusal(await replicate('/sys/orthanc-migrate'), /cannot write \/sys\/orthanc-migrate/);
  await writeFile(state.path, '');
  expectRefusal(await replicate(), /cannot write .*\/state/);
});

test('GIVEN a state directory whose objects cannot be written before a job runs THEN that is no mistake in the command line', async () => {
  await mkdir(join(state.path, 'objects'), { recursive: true });
  await writeFile(join(state.path, 'objects/jobs'), 'a file where a folder belongs');
  // So many that their names are kept as an object.
  const files = Array.from({ length: 21 }, (_, index) => join(state.path, `file-${index}`));
  for (const file of files) await writeFile(file, '');
  expectRefusal(await run(['import', ...files, target.url, '--state-dir', state.path]), /objects\/jobs/);
});

test('GIVEN a full disk THEN the run ends with one line, and the same command goes on once there is room', async () => {
  const place = await mkdtemp(join(tmpdir(), 'om-full-'));
  // A file system of its own needs no root within a user namespace; it vanishes with the last process there.
  const command = `"$NODE" "$PROGRAM" replicate "$SOURCE" "$TARGET" --state-dir disk`;
  const script = `
    mkdir disk && mount -t tmpfs -o size=900K tmpfs disk || exit 99
    head -c "$FILL" /dev/zero >disk/other
    ${command} >full.out 2>full.err; echo $? >full.code
    rm disk/other; mount -o remount,size=50M disk
    ${command} --json >freed.out 2>freed.err; echo $? >freed.code`;
  let full = 0;
  for (const fill of ['0', '400K', '700K', '860K']) {
    const { NODE_OPTIONS: _, ...env } = process.env;
    await rm(place, { recursive: true, force: true });
    await mkdir(place);
    await promisify(execFile)('unshare', ['-rm', 'sh', '-c', script], {
      cwd: place,
      env: { ...env, NODE: process.execPath, PROGRAM, SOURCE: source.url, TARGET: target.url, FILL: fill },
    });
    const text = (name: string) => readFile(join(place, name), 'utf8');
    // A disk that holds it all is no test, but no failure either: how much it takes is nobody's promise.
    if ((await text('full.code')).trim() === '0') continue;
    full += 1;
    expect((await text('full.code')).trim()).toBe('7');
    expect(await text('full.err')).toMatch(
      /^error: cannot write [^\n]+: its disk is full or failing; free some space[^\n]+$/m,
    );
    expect(await text('freed.err')).toBe('');
    const [end] = events(await text('freed.out')).slice(-1);
    expect(end).toMatchObject({ event: 'end', state: 'completed', scanned: 1500, counts: { success: 1500 } });
  }
  await rm(place, { recursive: true, force: true });
  expect(full).toBeGreaterThan(0);
  expect(await compareServers(source, target)).toMatchObject({ source: 1500, missing: [], different: [] });
});
