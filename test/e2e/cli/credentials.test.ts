import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { type Environment, start, stateDirectory } from '../../support/command-line.ts';
import { held } from '../../support/held.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const USER = 'reader';
const PASSWORD = 'p@ss:w/ord-7c1f';
/** As it is, percent-encoded, and within a Basic authorization. */
const TRACES = [PASSWORD, encodeURIComponent(PASSWORD), Buffer.from(`${USER}:${PASSWORD}`).toString('base64')];

let source: RunningOrthanc;
let target: RunningOrthanc;

beforeAll(async () => {
  const users = { [USER]: PASSWORD };
  [source, target] = await Promise.all([
    startOrthanc({ version: '1.10', users }),
    startOrthanc({ version: '1.13', users }),
  ]);
  await upload(source.url, archive({ studies: 2, instancesPerStudy: 100, bytes: 8000 }), { headers: source.headers });
});

afterAll(async () => {
  await Promise.all([source, target].map((server) => server?.stop()));
});

interface Way {
  readonly args: readonly string[];
  readonly env: Environment;
}

async function ways(directory: string): Promise<Readonly<Record<string, Way>>> {
  const file = join(directory, 'credentials.json');
  const entry = { username: USER, password: PASSWORD };
  await writeFile(file, JSON.stringify({ [source.url]: entry, [target.url]: entry }), { mode: 0o600 });
  const inUrl = (url: string) => url.replace('//', `//${USER}:${encodeURIComponent(PASSWORD)}@`);
  const env = Object.fromEntries(
    ['SOURCE', 'TARGET'].flatMap((side) => [
      [`ORTHANC_MIGRATE_${side}_USERNAME`, USER],
      [`ORTHANC_MIGRATE_${side}_PASSWORD`, PASSWORD],
    ]),
  );
  return {
    environment: { args: [source.url, target.url], env },
    file: { args: [source.url, target.url, '--credentials-file', file], env: {} },
    url: { args: [inUrl(source.url), inUrl(target.url)], env: {} },
  };
}

async function everything(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

function expectNoTrace(text: string): void {
  for (const trace of TRACES) expect(text).not.toContain(trace);
}

test.each(['environment', 'file', 'url'])('GIVEN a password by %s THEN it shows nowhere', async (name) => {
  const state = await stateDirectory();
  const way = (await ways(dirname(state.path)))[name];
  if (!way) throw new Error(`there is no way ${name}`);
  const args = ['replicate', ...way.args, '--state-dir', state.path, '-v', '--restart', '--check', 'md5'];
  const run = start(args, way.env);
  await until('the job has begun', () => run.stderr().includes('job '));
  // Of this process alone: whatever started it may show the URL all the same.
  if (process.platform === 'linux') expectNoTrace(await readFile(`/proc/${run.child.pid}/cmdline`, 'latin1'));
  const ended = await run.ended;
  expect(ended.code).toBe(0);
  expect(await held(target)).toBe(200);
  expectNoTrace(ended.stdout + ended.stderr);
  expectNoTrace(await everything(state.path));
  await state.remove();
});

test('GIVEN servers that refuse and fail THEN the password shows nowhere either', async () => {
  const state = await stateDirectory();
  const { url } = await ways(dirname(state.path));
  for (const args of [
    ['replicate', '--label', 'x'],
    ['verify', '--check', 'none'],
    ['nonsense'],
    ['replicate', '--no'],
  ]) {
    const ended = await start([...args, ...(url?.args ?? []), '--state-dir', state.path, '-v']).ended;
    expect(ended.code).not.toBe(0);
    expectNoTrace(ended.stdout + ended.stderr);
  }
  await state.remove();
});
