import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createLog, type LogLevel } from '../../../functions/aws/log.ts';

function logOf(level: LogLevel) {
  const lines: Record<string, unknown>[] = [];
  const log = createLog(level, { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  return { log, lines };
}

test('a line has its level in words, its time, its message and its fields, and nothing else', () => {
  const { log, lines } = logOf('info');
  log.warn({ job: 'j', chunk: 'j/1/0/2' }, 'something');
  expect(lines).toEqual([
    {
      level: 'WARN',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      message: 'something',
      job: 'j',
      chunk: 'j/1/0/2',
    },
  ]);
});

test('lines below the level are left out', () => {
  const { log, lines } = logOf('warn');
  log.debug({}, 'a');
  log.info({}, 'b');
  log.warn({}, 'c');
  log.error({}, 'd');
  expect(lines.map(({ message }) => message)).toEqual(['c', 'd']);
});

test('each line belongs to the invocation in whose course it was written', async () => {
  const { log, lines } = logOf('debug');
  const work = (ms: number) => async () => {
    await sleep(ms);
    log.debug({ ms }, 'done');
    return ms;
  };
  expect(await Promise.all([log.within('r1', work(20)), log.within('r2', work(1))])).toEqual([20, 1]);
  log.info({}, 'outside');
  expect(lines).toMatchObject([{ requestId: 'r2', ms: 1 }, { requestId: 'r1', ms: 20 }, { message: 'outside' }]);
  expect(lines[2]).not.toHaveProperty('requestId');
});

test('a line has no fields of the lines before it', async () => {
  const { log, lines } = logOf('info');
  await log.within('r1', async () => {
    log.info({ item: 'a', tries: 1 }, 'first');
    log.info({ chunk: 'c' }, 'second');
  });
  expect(lines[1]).toEqual({
    level: 'INFO',
    timestamp: expect.any(String),
    requestId: 'r1',
    chunk: 'c',
    message: 'second',
  });
});

test('no credential is written, whatever is logged as a whole', () => {
  const { log, lines } = logOf('info');
  const endpoint = { authorization: { kind: 'basic', password: 's3cret' }, tls: { key: 's3cret' } };
  log.info({ endpoint, password: 's3cret', token: 's3cret', authorization: 's3cret' }, 'x');
  expect(JSON.stringify(lines)).not.toContain('s3cret');
  expect(lines).toHaveLength(1);
});
