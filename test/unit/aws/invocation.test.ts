import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { type Container, createEntry, type Handler } from '../../../functions/aws/invocation.ts';
import { createLog } from '../../../functions/aws/log.ts';
import { MigrationError } from '../../../functions/core/errors.ts';
import { ENV } from '../../../functions/environment.ts';
import { settingsVariables } from './settings-variables.ts';

type Line = Readonly<Record<string, unknown>>;
const context = (awsRequestId: string) => ({ awsRequestId }) as Context;

/** Lines of the log, and of metrics, which go past it. */
let lines: Line[];
let metrics: Line[];
beforeEach(() => {
  [lines, metrics] = [[], []];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    metrics.push(JSON.parse(String(line)) as Line);
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

function entry(make: (container: Container) => Promise<Handler<string, string>>, environment = settingsVariables()) {
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line) as Line) });
  return createEntry(make, environment, log);
}

test('what a handler needs is made once for a container, at its first invocation', async () => {
  const made: string[] = [];
  const handler = entry(async ({ settings }) => {
    made.push(settings.stack);
    return async (event) => `answer to ${event}`;
  });
  expect(made).toEqual([]);
  expect(await handler('a', context('r1'))).toBe('answer to a');
  expect(await handler('b', context('r2'))).toBe('answer to b');
  expect(made).toEqual(['pacs-move']);
});

test('lines name their invocation, and metrics are written at the end of each, whatever became of it', async () => {
  const handler = entry(async (container) => async (event) => {
    container.log.info({}, event);
    container.metrics.add('JobsRunning', 2);
    if (event === 'bad') throw new MigrationError('SOME_CODE', 'no');
    return '';
  });
  await handler('good', context('r1'));
  expect(metrics).toHaveLength(1);
  await expect(handler('bad', context('r2'))).rejects.toThrow('no');
  expect(metrics).toHaveLength(2);
  expect(lines.map(({ requestId, message, code }) => [requestId, message, code])).toEqual([
    ['r1', 'good', undefined],
    ['r2', 'bad', undefined],
    ['r2', 'no', 'SOME_CODE'],
  ]);
});

describe('errors are logged once, and raised', () => {
  test('one that nobody foresaw, with its stack', async () => {
    const error = new TypeError('undefined is not a function');
    const handler = entry(async () => () => Promise.reject(error));
    await expect(handler('', context('r'))).rejects.toBe(error);
    expect(lines).toMatchObject([{ level: 'ERROR', code: 'UNEXPECTED', message: error.message, stack: error.stack }]);
  });

  test('several at once, each by itself', async () => {
    const error = new AggregateError([new MigrationError('A', 'a'), new MigrationError('B', 'b')], 'a; b');
    const handler = entry(async () => () => Promise.reject(error));
    await expect(handler('', context('r'))).rejects.toBe(error);
    expect(lines).toMatchObject([
      { code: 'A', message: 'a' },
      { code: 'B', message: 'b' },
    ]);
  });

  test('settings that are wrong, at each invocation', async () => {
    const { [ENV.table]: _, ...rest } = settingsVariables();
    const handler = entry(async () => async () => '', rest);
    for (const id of ['r1', 'r2'])
      await expect(handler('', context(id))).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
    expect(lines).toMatchObject([
      { code: 'SETTINGS_INVALID', requestId: 'r1' },
      { code: 'SETTINGS_INVALID', requestId: 'r2' },
    ]);
  });
});

test('what could not be made is tried again at the next invocation', async () => {
  let tries = 0;
  const handler = entry(async () => {
    tries += 1;
    if (tries === 1) throw new MigrationError('SECRET_UNREADABLE', 'not now');
    return async () => 'well';
  });
  await expect(handler('', context('r1'))).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  expect(await handler('', context('r2'))).toBe('well');
  expect(tries).toBe(2);
});
