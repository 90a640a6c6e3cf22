import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { LOG_FILE, openLog } from '../../../cli/local/log.ts';
import { temporaryDirectories } from './temporary.ts';

const directory = temporaryDirectories();
const lines = (path: string) =>
  readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('lines of NDJSON, private to the user', () => {
  const state = directory();
  const log = openLog(state, { verbose: false });
  log.debug({}, 'too fine');
  log.warn({ job: 'j', password: 's3cret', endpoint: { authorization: 's3cret', tls: 's3cret' } }, 'hello');
  log.close();
  log.error({}, 'after the end');
  const path = join(state, LOG_FILE);
  expect(lines(path)).toEqual([expect.objectContaining({ level: 'warn', job: 'j', msg: 'hello', pid: process.pid })]);
  expect(readFileSync(path, 'utf8')).not.toContain('s3cret');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('verbose prints too', () => {
  const printed: string[] = [];
  const log = openLog(directory(), { verbose: true, print: (line) => printed.push(line) });
  log.debug({ chunk: 'j/1/0/0' }, 'taken');
  log.info({}, 'done');
  log.close();
  expect(printed).toEqual([
    expect.stringMatching(/^20\S+Z debug taken {"chunk":"j\/1\/0\/0"}\n$/),
    expect.stringMatching(/^20\S+Z info {2}done\n$/),
  ]);
});

test('a full file is set aside', () => {
  const state = directory();
  const log = openLog(state, { verbose: false, maxBytes: 1000 });
  for (let n = 0; n < 200; n++) log.info({ n }, 'line');
  log.close();
  const files = readdirSync(state).sort();
  expect(files).toEqual([LOG_FILE, ...[1, 2, 3, 4].map((n) => `${LOG_FILE}.${n}`)]);
  const kept = files.reverse().flatMap((name) => lines(join(state, name)).map((line) => line.n));
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 200 - kept.length + index));
  for (const name of files) expect(statSync(join(state, name)).size).toBeLessThanOrEqual(1000);
});

test('a log that cannot be opened', () => {
  expect(() => openLog(join(directory(), 'none'), { verbose: false })).toThrow(
    expect.objectContaining({ code: 'STATE_NOT_WRITABLE' }),
  );
});
