import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../lib/bundle.ts';
import { problemOfSchedule } from '../../lib/config/cron.ts';
import { ConfigurationError } from '../../lib/config/problem.ts';
import { parseConfiguration, readConfiguration } from '../../lib/config/read.ts';

const folder = mkdtempSync(join(tmpdir(), 'orthanc-migrate-configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** At least one mistake of each kind. */
const WRONG = `
stack: My_Stack
colour: blue
endpoints:
  old: {}
  9x: { secret: a }
  new: { secret: "arn:aws:secretsmanager:eu:1:secret:x", url: "ftp://x" }
  third: { secret: ok, url: "https://u:p@host/", worker: maybe, extra: 1 }
containers: 1
largestInstanceMiB: lots
uploads: { target: nowhere, prefix: /in, quietMinutes: 0, orphans: keep }
dumpBuckets: [Bad_Bucket, ok-bucket, ok-bucket]
schedules:
  nightly: { source: old, target: elsewhere, when: "cron(0 25 * * ? *)", timeZone: Mars/Olympus }
  same: { source: old, target: old, when: "rate(0 days)" }
  third: { kind: import, source: old, target: new, when: "tomorrow" }
network: { vpc: vpc-1 }
alarms: { email: nobody, noProgressMinutes: 1 }
retention: { logDays: 8, evidenceDays: 1 }
kmsKey: alias/x
storageKeysSecret: "not a name!"
logLevel: loud
`;

function mistakes(text: string): string[] {
  try {
    parseConfiguration('test.yaml', text);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`).sort();
  }
  throw new Error('nothing is wrong with it');
}

test('every mistake of a document is told at once, with its place and what to do', () => {
  const found = mistakes(WRONG);
  expect(found).toMatchSnapshot();
  expect(found.length).toBeGreaterThanOrEqual(30);
  // Each says what to do, after what is wrong.
  for (const line of found) expect(line).toMatch(/^[\w.-]+: .+; .+/);
});

test('an address with a password, and what may be a secret itself, are not repeated', () => {
  const text = mistakes(WRONG).join('\n');
  expect(text).not.toContain('u:p@');
  expect(text).not.toContain('not a name!');
});

test.each([
  ['an empty document', '', 'endpoints: is missing; name at least one Orthanc server and its secret'],
  ['a text', 'hello', ': expected object, received string; see orthanc-migrate.example.yaml'],
  ['no endpoints', 'endpoints: {}', 'endpoints: is empty; name at least one Orthanc server and its secret'],
  ['a key given twice', 'stack: a\nstack: b', ': no YAML: Map keys must be unique'],
  ['broken YAML', 'endpoints: [', ': no YAML: '],
  [
    'uploads for a server that only a worker reaches',
    'endpoints: {a: {secret: s, worker: true}}\nuploads: {target: a}',
    'uploads.target: only a worker reaches "a", but functions import uploads; name a target that they reach',
  ],
  [
    'too many endpoints for the environment',
    `endpoints: {${Array.from({ length: 40 }, (_, index) => `server${index}: {secret: a-long-name-of-a-secret-${index}}`).join(', ')}}`,
    'endpoints: take ',
  ],
])('%s', (_, text, expected) => {
  expect(mistakes(text).join('\n')).toContain(expected);
});

test('what is left out has its default', () => {
  expect(parseConfiguration('test.yaml', 'endpoints: {a: {secret: s}}')).toEqual({
    stack: 'orthanc-migrate',
    endpoints: { a: { secret: 's', worker: false } },
    containers: 2,
    largestInstanceMiB: 1024,
    dumpBuckets: [],
    decryptKeys: [],
    schedules: {},
    alarms: { noProgressMinutes: 30, gateClosedMinutes: 15 },
    retention: { logDays: 90 },
    logLevel: 'info',
  });
});

test('the example is right, and so is what it shows as comments', () => {
  const file = join(ROOT, 'orthanc-migrate.example.yaml');
  expect(readConfiguration(file).stack).toBe('orthanc-migrate');
  const all = readFileSync(file, 'utf8').replace(/^( *)# (?=\w+:(?: |$)| {2}(?:\w+:|- ))/gm, '$1');
  expect(parseConfiguration('test.yaml', all)).toMatchObject({
    network: { vpc: 'vpc-0123456789abcdef0' },
    retention: { evidenceDays: 3650 },
    kmsKey: expect.stringMatching(/^arn:/),
    decryptKeys: [expect.stringMatching(/^arn:/)],
    storageKeysSecret: 'orthanc-storage-keys',
  });
});

describe('expressions of time', () => {
  test.each([
    'cron(0 22 * * ? *)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(30 1 L * ? *)',
    'cron(0 6 ? * 2#1 2027-2030)',
    'cron(0 6 1,15 jan,JUL ? *)',
    'rate(1 minute)',
    'rate(12 hours)',
  ])('%s is one', (expression) => {
    expect(problemOfSchedule(expression)).toBeUndefined();
  });

  test.each([
    '',
    '0 22 * * *',
    'cron(0 22 * * *)',
    'cron(60 22 * * ? *)',
    'cron(0 24 * * ? *)',
    'cron(0 22 * * * *)',
    'cron(0 22 ? * ? *)',
    'cron(0 22 32 * ? *)',
    'cron(0 22 * 13 ? *)',
    'cron(0 17-8 * * ? *)',
    'cron(0 22 ? * NOD *)',
    'cron(0/0 22 * * ? *)',
    'cron(, 22 * * ? *)',
    'rate(0 days)',
    'rate(1 fortnight)',
    'rate(1.5 hours)',
  ])('%s is none', (expression) => {
    expect(problemOfSchedule(expression)).toEqual(expect.any(String));
  });
});

describe('the app', () => {
  const synthesise = (config: string) => {
    const output = join(folder, 'cdk.out');
    const env = { PATH: process.env.PATH, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ config }) };
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/app.ts'], {
      cwd: ROOT,
      env,
      encoding: 'utf8',
    });
    const made = existsSync(join(output, 'orthanc-migrate.template.json'));
    return { status, stdout, stderr, made };
  };

  test('ends with code 2, no template and no stack trace when the configuration is wrong', () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, WRONG);
    const { status, stderr, made } = synthesise(file);
    expect(status).toBe(2);
    expect(made).toBe(false);
    expect(stderr).toContain(`${file}: 3`);
    expect(stderr).not.toMatch(/^ +at |node:internal/m);
  });

  test('names the example when there is no configuration', () => {
    const file = join(folder, 'absent.yaml');
    expect(synthesise(file)).toMatchObject({
      status: 2,
      made: false,
      stderr: expect.stringMatching(/no such file; copy orthanc-migrate\.example\.yaml to it, or name another one/),
    });
  });
});
