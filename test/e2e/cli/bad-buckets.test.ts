/** What cannot be read of a bucket is told by one line, before anything begins. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { PROGRAM, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { held } from '../../support/held.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { type Bucket, environmentOf, startBucket } from '../import/buckets.ts';

jest.setTimeout(120_000);

const NO_TARGET = 'http://127.0.0.1:1/';

let bucket: Bucket;
let directory: StateDirectory;
beforeAll(async () => {
  [bucket, directory] = await Promise.all([startBucket(), stateDirectory()]);
  await bucket.put('a', Buffer.from('x'));
});
afterAll(() => Promise.all([bucket.stop(), directory.remove()]));

describe('import', () => {
  test.each([
    [['s3://nowhere/a'], {}, 2, /"s3:\/\/nowhere\/a" does not exist: there is no such bucket/],
    [['s3://exports/b'], {}, 2, /"s3:\/\/exports\/b" does not exist: no object has this key/],
    [['s3://exports/a', '.'], {}, 2, /cannot be imported together: use two commands/],
    [['--orphans', 'skip', 's3://exports/a'], {}, 2, /in a bucket no index is looked into/],
    [['s3:exports/a'], {}, 2, /"s3:exports\/a" is no place in a bucket: s3:\/\/bucket\/prefix/],
    [['s3://exports/a'], { AWS_REGION: '' }, 2, /without a valid AWS region: set AWS_REGION/],
    [['s3://exports/a'], { AWS_ACCESS_KEY_ID: '' }, 2, /without valid AWS credentials \(CredentialsProviderError\)/],
    [
      ['s3://exports/a'],
      environmentOf('http://127.0.0.1:1'),
      7,
      /"s3:\/\/exports\/a" cannot be reached \(ECONNREFUSED\)/,
    ],
  ])('%j with %j ends with %i', async (places, environment, code, message) => {
    const args = ['import', ...places, NO_TARGET, '--state-dir', directory.path];
    const ended = await run(args, { ...bucket.environment, ...environment });
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
  });
});

describe('import - with names of objects', () => {
  let target: RunningOrthanc;
  beforeAll(async () => {
    target = await startOrthanc({ version: '1.13' });
  });
  afterAll(() => target.stop());

  test('brings these, whatever is in their names', async () => {
    const images = [...archive({ studies: 1, instancesPerStudy: 3, bytes: 2000 })];
    const names = ['list/ä', 'list/b\nc', 'list/not named'];
    for (const [at, name] of names.entries()) await bucket.put(name, images[at] ?? Buffer.alloc(0));
    const state = ['--state-dir', directory.path];
    const { NODE_OPTIONS: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [PROGRAM, 'import', '-', target.url, ...state, '--json'], {
      env: { ...inherited, ...bucket.environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(`s3://exports/list/ä\0s3://exports/list/b\nc\0s3://exports/list/missing\0`);
    const end = JSON.parse((await text(child.stdout)).trim().split('\n').at(-1) ?? '');
    expect(end).toMatchObject({
      event: 'end',
      scanned: 3,
      counts: { sent: 2 },
      codes: { FILE_VANISHED: { instances: 1 } },
    });
    expect(await held(target)).toBe(2);
  });
});
