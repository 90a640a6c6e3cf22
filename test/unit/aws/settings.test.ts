import { expect, test } from '@jest/globals';
import { readSettings } from '../../../functions/aws/settings.ts';
import { ENV } from '../../../functions/environment.ts';
import { settingsVariables } from './settings-variables.ts';

const LEAST = settingsVariables();
const ALL = {
  ...LEAST,
  [ENV.logLevel]: 'debug',
  [ENV.workerQueue]: 'https://q/worker',
  [ENV.uploadsQueue]: 'https://q/uploads',
  [ENV.otherDeadLetterQueues]: '["https://q/dead-1","https://q/dead-2"]',
  [ENV.storageKeysSecret]: 'arn:keys',
  [ENV.uploads]: JSON.stringify({ target: 'archive', prefix: 'incoming/', quietMinutes: 30, orphans: 'skip' }),
  [ENV.dumpBucket]: 'dumps',
  [ENV.transferMapping]: 'uuid-t',
  [ENV.importMapping]: 'uuid-i',
  [ENV.superviseEvery]: '60',
  [ENV.longestAttempt]: '360',
  [ENV.idleAfter]: '1800',
  [ENV.eventBus]: 'bus',
};
const refusal = (environment: NodeJS.ProcessEnv): string => {
  try {
    readSettings(environment);
  } catch (error) {
    expect(error).toMatchObject({ code: 'SETTINGS_INVALID' });
    expect(error).not.toHaveProperty('cause');
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was not refused');
};

test('the least that a function has', () => {
  expect(readSettings({ ...LEAST, PATH: '/bin' })).toEqual({
    stack: 'pacs-move',
    logLevel: 'info',
    table: 'jobs',
    evidenceBucket: 'evidence',
    queues: {
      enumerate: 'https://q/enumerate',
      transfer: 'https://q/transfer',
      import: 'https://q/import',
      deadLetter: 'https://q/dead',
      others: [],
    },
    endpoints: new Map([
      ['pacs', { secret: 'arn:pacs', url: 'https://pacs/', worker: true }],
      ['archive', { secret: 'arn:archive' }],
    ]),
    largestInstance: 1_073_741_824,
    containers: 4,
  });
});

test('all that a function may have', () => {
  expect(readSettings(ALL)).toMatchObject({
    logLevel: 'debug',
    queues: {
      worker: 'https://q/worker',
      uploads: 'https://q/uploads',
      others: ['https://q/dead-1', 'https://q/dead-2'],
    },
    storageKeysSecret: 'arn:keys',
    uploads: { target: 'archive', prefix: 'incoming/', quietMinutes: 30, orphans: 'skip', bucket: 'dumps' },
    mappings: { transfer: 'uuid-t', import: 'uuid-i' },
    superviseEveryMs: 60_000,
    longestAttemptMs: 360_000,
    idleAfterMs: 1_800_000,
    eventBus: 'bus',
  });
  // Nothing that a stack can set is left unread.
  expect(Object.keys(ALL).sort()).toEqual(Object.values(ENV).sort());
});

test('all problems are told at once, each with its variable', () => {
  const { [ENV.table]: _, ...rest } = LEAST;
  const said = refusal({ ...rest, [ENV.stack]: '', [ENV.containers]: '0', [ENV.logLevel]: 'loud' });
  for (const problem of [
    `${ENV.table} is missing`,
    `${ENV.stack} is empty`,
    `${ENV.containers} is no whole number above 0`,
    `${ENV.logLevel} is none of debug, info, warn and error`,
  ])
    expect(said).toContain(problem);
});

const endpoint = (value: unknown) => JSON.stringify({ pacs: value });
test.each([
  [{ [ENV.endpoints]: '{"pacs": s3cret' }, `${ENV.endpoints} is not valid JSON`],
  [{ [ENV.endpoints]: '["s3cret"]' }, `${ENV.endpoints} is no map of endpoints`],
  [{ [ENV.endpoints]: endpoint({ url: 'https://s3cret/' }) }, `${ENV.endpoints}.pacs.secret has no "secret"`],
  [
    { [ENV.endpoints]: endpoint({ secret: 'x', url: 'https://u:s3cret@h/' }) },
    `${ENV.endpoints}.pacs.url holds user info`,
  ],
  [
    { [ENV.endpoints]: endpoint({ secret: 'x', url: 'ftp://u:s3cret@h/' }) },
    `${ENV.endpoints}.pacs.url is no base URL`,
  ],
  [{ [ENV.endpoints]: endpoint({ secret: 'x', password: 's3cret' }) }, ENV.endpoints],
  [{ [ENV.largestInstance]: '1e9' }, `${ENV.largestInstance} is no whole number`],
  [{ [ENV.otherDeadLetterQueues]: '{}' }, `${ENV.otherDeadLetterQueues} is no list of URLs`],
  [{ [ENV.importMapping]: '' }, `${ENV.importMapping} is empty`],
  [{ [ENV.importMapping]: undefined }, `${ENV.transferMapping} and ${ENV.importMapping} belong together`],
  [{ [ENV.dumpBucket]: undefined }, `${ENV.uploads} needs ${ENV.dumpBucket}`],
  [
    { [ENV.uploads]: JSON.stringify({ target: 'nobody', prefix: '', quietMinutes: 1 }) },
    '"nobody", which is no endpoint',
  ],
])('%j is refused', (changes, problem) => {
  const said = refusal({ ...ALL, ...changes });
  expect(said).toContain(problem);
  expect(said).not.toContain('s3cret');
});
