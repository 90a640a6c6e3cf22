import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { type Ended, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { freePort } from '../../support/ports.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(120_000);

const PASSWORD = 's3cret-p@ss/word';
let source: RunningOrthanc;
let target: RunningOrthanc;
let readOnly: RunningOrthanc;
let website: Server;
let state: StateDirectory;

beforeAll(async () => {
  [source, target, readOnly] = await Promise.all([
    startOrthanc({ version: '1.10' }),
    startOrthanc({ version: '1.13', users: { someone: PASSWORD } }),
    startOrthanc({ version: '1.13', config: { ReadOnly: true } }),
  ]);
  await upload(source.url, archive({ studies: 1, instancesPerStudy: 2 }));
  website = createServer((_, response) => response.end('<html><body>Welcome</body></html>'));
  await new Promise<void>((resolve) => website.listen(0, '127.0.0.1', resolve));
  state = await stateDirectory();
});

afterAll(async () => {
  await Promise.all([source, target, readOnly].map((server) => server?.stop()));
  website?.close();
  await state?.remove();
});

function replicate(...args: string[]): Promise<Ended> {
  return run(['replicate', ...args, '--state-dir', state.path]);
}

/** One line on standard error, nothing on standard output, no secret, no stack trace, and no state begun. */
function expectRefusal(ended: Ended, code: number, text: RegExp): void {
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
  expect(ended.stderr).toMatch(text);
  expect(ended.stderr).not.toContain(PASSWORD);
  expect(ended.stderr).not.toContain(encodeURIComponent(PASSWORD));
  expect(ended.code).toBe(code);
  expect(existsSync(state.path)).toBe(false);
}

test('GIVEN a host where nothing listens THEN it says so', async () => {
  const ended = await replicate(`http://127.0.0.1:${await freePort()}/`, target.url);
  expectRefusal(ended, 7, /source http:\/\/127\.0\.0\.1:\d+\/: .*ECONNREFUSED.*; check the URL/);
  expect(ended.seconds).toBeLessThan(5);
});

test('GIVEN a host name that does not exist THEN it says so', async () => {
  expectRefusal(await replicate(source.url, 'http://nowhere.invalid/'), 7, /target http:\/\/nowhere\.invalid\//);
});

test('GIVEN a wrong password THEN it ends within 5 seconds and shows no password', async () => {
  const url = new URL(target.url);
  url.username = 'someone';
  url.password = `${PASSWORD}-wrong`;
  const ended = await replicate(source.url, url.href);
  expectRefusal(ended, 7, /HTTP 401.*check user name and password/);
  expect(ended.seconds).toBeLessThan(5);
});

test('GIVEN a web site that is no Orthanc THEN it says so', async () => {
  const { port } = website.address() as AddressInfo;
  expectRefusal(await replicate(source.url, `http://127.0.0.1:${port}/`), 7, /no Orthanc server/);
});

test('GIVEN a read-only target THEN it is refused, but compared', async () => {
  expectRefusal(await replicate(source.url, readOnly.url), 7, /set ReadOnly to false/);
  const other = await stateDirectory();
  const verified = await run(['verify', source.url, readOnly.url, '--state-dir', other.path]);
  await other.remove();
  expect(verified.stdout).toContain('2 MISSING');
  expect(verified.code).toBe(1);
});

test('GIVEN the source under another name as the target THEN it is refused', async () => {
  expectRefusal(await replicate(source.url, `http://localhost:${source.port}/`), 7, /one and the same server/);
});

test.each([
  [['--frobnicate'], /unknown option '--frobnicate'.*see "orthanc-migrate replicate --help"/],
  [['--chek', 'md5'], /Did you mean --check/],
  [['--check', 'sha256'], /--check.*md5, size, none/],
  [['--study-date', '2024'], /--study-date: "2024" is no range of dates/],
  [['--max-wait', 'soon'], /--max-wait: "soon" is no duration/],
  [['--transfers', '0'], /--transfers: "0" is no whole number/],
  [['--max-inflight-bytes', 'lots'], /--max-inflight-bytes: "lots" is no size/],
  [['--bwlimit', 'fast'], /--bwlimit: "fast" is no rate/],
  [['--study', '@/nowhere/list'], /--study: file \/nowhere\/list cannot be read \(ENOENT\)/],
  [['--patient-id', ','], /--patient-id names nothing/],
])('GIVEN %j THEN the usage error is one line', async (args, text) => {
  expectRefusal(await replicate(source.url, target.url, ...args), 2, text);
});

test('GIVEN URLs that are none THEN the usage error shows no password', async () => {
  expectRefusal(await replicate(`localhost:8042`, target.url), 2, /it has no scheme/);
  expectRefusal(await replicate(`ftp://x:${PASSWORD}@host/`, target.url), 2, /only http/);
  expectRefusal(await replicate(source.url), 2, /missing required argument 'target'/);
});

test('GIVEN arguments that are not expected THEN a URL among them shows no password', async () => {
  const url = `http://someone:${encodeURIComponent(PASSWORD)}@127.0.0.1/`;
  expectRefusal(await replicate(source.url, url, 'third'), 2, /too many arguments.*http:\/\/\*\*\*@127\.0\.0\.1\//);
  expectRefusal(await replicate(source.url, target.url, `--check=${url}`), 2, /--check.*\*\*\*@/);
  expectRefusal(await run([url, target.url]), 2, /unknown command 'http:\/\/\*\*\*@/);
});

test('GIVEN a state directory that names nothing, or that cannot be made THEN it says so at once', async () => {
  const ended = await run(['replicate', source.url, target.url, '--state-dir', '']);
  expectRefusal(ended, 2, /--state-dir names nothing/);
  const [open, nowhere] = [await startOrthanc({ version: '1.13' }), '/proc/orthanc-migrate/state'];
  const refused = await run(['replicate', source.url, open.url, '--state-dir', nowhere]).finally(() => open.stop());
  expectRefusal(refused, 7, /cannot write \/proc\/orthanc-migrate\/state \(ENOENT\); make it a directory/);
});

test('GIVEN an option that the version of a server cannot honour THEN it is refused', async () => {
  const open = await startOrthanc({ version: '1.13' });
  try {
    expectRefusal(await replicate(source.url, open.url, '--label', 'x'), 7, /has no labels/);
    expectRefusal(await replicate(source.url, open.url, '--conflict', 'overwrite'), 7, /OverwriteInstances off/);
  } finally {
    await open.stop();
  }
});

test('GIVEN an empty source THEN it says so, which is no error', async () => {
  const [empty, other] = await Promise.all([startOrthanc({ version: '1.13' }), stateDirectory()]);
  try {
    const ended = await run(['replicate', empty.url, target.url, '--state-dir', other.path], {
      ORTHANC_MIGRATE_TARGET_USERNAME: 'someone',
      ORTHANC_MIGRATE_TARGET_PASSWORD: PASSWORD,
    });
    expect(ended.stdout).toContain('nothing to do: the source is empty');
    expect(ended.code).toBe(0);
  } finally {
    await Promise.all([empty.stop(), other.remove()]);
  }
});

test('GIVEN no job yet THEN commands about jobs say so and make nothing', async () => {
  for (const command of ['status', 'jobs', 'failures', 'retry', 'cancel', 'report'])
    expectRefusal(await run([command, '--state-dir', state.path]), 2, /there is no job in/);
});
