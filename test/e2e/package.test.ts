/** What is published, installed with nothing around it: all that a command needs is in the package. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../support/archive.ts';
import { makeInstance } from '../support/dicom.ts';
import { type RunningOrthanc, startOrthanc } from '../support/orthanc.ts';
import { expectSameServers } from '../support/proof.ts';
import { upload } from '../support/upload.ts';
import { startBucket } from './import/buckets.ts';
import { filledBy, makeFolder } from './import/storage.ts';

jest.setTimeout(300_000);

const ROOT = join(import.meta.dirname, '../..');
const execute = promisify(execFile);
const IMAGES = [...archive({ studies: 2, instancesPerStudy: 10, bytes: 20_000 })];

/** Only what a user's shell has, with Node.js 24 first on the path. */
const environment = { HOME: '', PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
let home: string;
let program: string;
let target: RunningOrthanc;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'om-package-'));
  environment.HOME = home;
  await execute(process.execPath, [join(ROOT, 'scripts/build.mjs')], { cwd: ROOT });
  const packed = await execute('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', home], {
    cwd: ROOT,
  });
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }];
  await execute('npm', ['install', '--offline', '--no-audit', '--no-fund', join(home, filename)], { cwd: home });
  program = join(home, 'node_modules/.bin/orthanc-migrate');
});
afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

beforeEach(async () => {
  target = await startOrthanc({ version: '1.13' });
});
afterEach(() => target.stop());

const run = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
  execute(program, [...args, '--state-dir', join(home, args[0] ?? '')], { env: { ...environment, ...more } });

test('it installs no other package, and says its version', async () => {
  expect((await readdir(join(home, 'node_modules'))).filter((name) => !name.startsWith('.'))).toEqual([
    'orthanc-migrate',
  ]);
  const { stdout } = await execute(program, ['--version'], { env: environment });
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('an older Node.js than package.json asks for is refused in one line', async () => {
  const { engines } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const oldest = engines.node.replace('>=', '');
  const on = (version: string) => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`, program, '--version'];
    return execute(process.execPath, args, { env: environment });
  };
  const [major = 0, minor = 0] = oldest.split('.').map(Number);
  expect((await on(`${oldest}.0`)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const older of [`${major}.${minor - 1}.0`, `${major - 2}.${minor}.0`])
    await expect(on(older)).rejects.toMatchObject({
      code: 2,
      stderr: `error: orthanc-migrate needs Node.js ${oldest} or newer, and this is ${older}\n`,
    });
});

test('it replicates one server into another', async () => {
  const source = await startOrthanc({ version: '1.10' });
  try {
    await upload(source.url, IMAGES);
    const { stdout } = await run(['replicate', source.url, target.url]);
    expect(stdout).toContain('completed');
    await expectSameServers(source, target, IMAGES.length);
  } finally {
    await source.stop();
  }
});

test('it imports a storage folder, whose index a thread of its own reads, and a bucket', async () => {
  const [folder, bucket] = await Promise.all([makeFolder(), startBucket()]);
  try {
    await filledBy(folder, { version: '1.10' }, ({ url }) => upload(url, IMAGES));
    await folder.store(makeInstance({ seed: 77 }));
    const fromFolder = await run(['import', folder.path, target.url]);
    expect(fromFolder.stdout).toContain('1 file not known to the index beside them');
    await bucket.upload(folder, 'storage/');
    const { stdout } = await run(
      ['import', `s3://${bucket.name}/storage/`, target.url, '--restart'],
      bucket.environment,
    );
    expect(stdout).toContain('completed');
  } finally {
    await Promise.all([folder.remove(), bucket.stop()]);
  }
});
