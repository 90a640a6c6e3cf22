import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { type Ended, endOf, run, type StateDirectory, start, stateDirectory } from '../../support/command-line.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { expectSameServers } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';
import { commandLines, formsOf, tracesIn } from './secrets.ts';

jest.setTimeout(180_000);

const SOURCE = { username: 'reader', password: 's0urce-p@ss/w:rd%é' };
const TARGET = { username: 'writer', password: 't4rget?#"geheim" &' };
const WRONG = 'wr0ng-Zeichenkette';
const INSTANCES = 400;

let source: RunningOrthanc;
let target: RunningOrthanc;
let state: StateDirectory;
let credentials: string;

beforeAll(async () => {
  source = await startOrthanc({ version: '1.10', users: { [SOURCE.username]: SOURCE.password } });
  const files = archive({ studies: 4, instancesPerStudy: INSTANCES / 4, bytes: 20_000 });
  await upload(source.url, files, { headers: source.headers });
});
afterAll(() => source?.stop());

beforeEach(async () => {
  target = await startOrthanc({ version: '1.13', users: { [TARGET.username]: TARGET.password } });
  state = await stateDirectory();
  credentials = join(state.path, '../credentials.json');
  await writeFile(credentials, JSON.stringify({ [target.url]: TARGET }), { mode: 0o600 });
});
afterEach(() => Promise.all([target.stop(), state.remove()]));

const environment = {
  ORTHANC_MIGRATE_SOURCE_USERNAME: SOURCE.username,
  ORTHANC_MIGRATE_SOURCE_PASSWORD: SOURCE.password,
};
const secrets = [SOURCE, TARGET].flatMap(({ username, password }) => formsOf(username, password));

function withCredentials({ url }: RunningOrthanc, { username, password }: typeof SOURCE): string {
  return url.replace('://', `://${username}:${encodeURIComponent(password)}@`);
}

function expectNoSecret(ended: Ended): void {
  for (const secret of secrets) expect(ended.stdout + ended.stderr).not.toContain(secret);
}

test('GIVEN a wrong password in URL, environment or file THEN it ends at once with one line', async () => {
  const wrong = { username: TARGET.username, password: WRONG };
  await writeFile(credentials, JSON.stringify({ [target.url]: wrong }));
  const asTarget = { ORTHANC_MIGRATE_TARGET_USERNAME: wrong.username, ORTHANC_MIGRATE_TARGET_PASSWORD: WRONG };
  const tries: [string, string[], Record<string, string>][] = [
    [withCredentials(target, wrong), [], environment],
    [target.url, [], { ...environment, ...asTarget }],
    [target.url, ['--credentials-file', credentials], environment],
    [withCredentials(target, TARGET), ['-v'], { ...environment, ORTHANC_MIGRATE_SOURCE_PASSWORD: WRONG }],
  ];
  for (const [url, options, env] of tries) {
    const ended = await run(['replicate', source.url, url, '--state-dir', state.path, ...options], env);
    expect(ended.stderr.trim().split('\n')[0]).toMatch(/^error: (source|target) \S+: .*HTTP 401; check user name/);
    if (!options.includes('-v')) expect(ended.stderr).toMatch(/^[^\n]+\n$/);
    expect(ended).toMatchObject({ code: 7, stdout: '' });
    expect(ended.seconds).toBeLessThan(5);
    for (const secret of formsOf(wrong.username, WRONG)) expect(ended.stderr).not.toContain(secret);
    expectNoSecret(ended);
    await expect(stat(state.path)).rejects.toThrow('ENOENT');
  }
});

// The target goes away in mid-run: what is said and written about trouble shows no password either.
test.each(['environment and file', 'URL'])(
  'GIVEN passwords by %s THEN they are in no output, state, log or process list',
  async (how) => {
    const urls = how === 'URL' ? [withCredentials(source, SOURCE), withCredentials(target, TARGET)] : [];
    const args = urls.length > 0 ? urls : [source.url, target.url, '--credentials-file', credentials];
    const env = urls.length > 0 ? {} : environment;
    const replicate = (...more: string[]) =>
      start(['replicate', ...args, '--state-dir', state.path, '-v', ...more], env);

    const first = replicate('--bwlimit', '1M');
    await until('something is moved', () => first.stderr().includes('stored'));
    const lines = await commandLines();
    for (const secret of secrets) expect(lines.filter((line) => line.includes(secret))).toEqual([]);
    // Only the user who runs it may read the environment.
    expect((await stat(`/proc/${first.child.pid}/environ`)).mode & 0o077).toBe(0);
    await target.kill();
    await until('the trouble is told', () => first.stderr().includes('blocked: '));
    first.child.kill('SIGINT');
    const interrupted = await first.ended;
    expect(interrupted.code).toBe(5);

    await target.restart();
    const second = await replicate('--bwlimit', 'off', '--json').ended;
    expect(endOf(second)).toMatchObject({ state: 'completed', counts: { success: INSTANCES } });
    const commands = ['status', 'jobs', 'failures', 'report', 'limits'].map((name) =>
      run([name, ...(name === 'limits' ? [args[1] ?? ''] : []), '--json', '--state-dir', state.path], env),
    );
    for (const ended of [interrupted, second, ...(await Promise.all(commands))]) expectNoSecret(ended);
    expect(await tracesIn(state.path, secrets)).toEqual([]);
    await expectSameServers(source, target, INSTANCES);
  },
);

test('GIVEN a state directory THEN nobody else can read it', async () => {
  const args = ['replicate', source.url, target.url, '--credentials-file', credentials, '--state-dir', state.path];
  expect((await run(args, environment)).code).toBe(0);
  const entries = await readdir(state.path, { recursive: true });
  expect(entries.length).toBeGreaterThan(5);
  expect((await stat(state.path)).mode & 0o077).toBe(0);
  for (const entry of entries) {
    const found = await stat(join(state.path, entry));
    expect([entry, found.mode & 0o077]).toEqual([entry, 0]);
  }
  expect(await readFile(join(state.path, 'log.ndjson'), 'utf8')).toContain('chunk closed');
});
