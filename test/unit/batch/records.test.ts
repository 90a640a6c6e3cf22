import { describe, expect, it } from '@jest/globals';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { takeRecords } from '../../../functions/batch/records.ts';
import { MigrationError, Postponed } from '../../../functions/core/errors.ts';
import { chunkMessage } from '../../../functions/core/messages.ts';

function eventOf(...bodies: string[]): SQSEvent {
  const records = bodies.map((body, n) => ({ messageId: `m${n}`, receiptHandle: `r${n}`, body }) as SQSRecord);
  return { Records: records };
}

function place() {
  const hidden: [string, number][] = [];
  const logged: object[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object) => void logged.push(fields),
  };
  const queue = {
    name: 'transfer',
    send: async () => undefined,
    depth: async () => ({ visible: 0, inFlight: 0 }),
    changeVisibility: async (handle: string, seconds: number) => void hidden.push([handle, seconds]),
  };
  return { place: { queue, log }, hidden, logged };
}

describe('the records of a batch', () => {
  it('come again one by one, whatever became of the others', async () => {
    const { place: at, logged } = place();
    const response = await takeRecords(at, eventOf('"good"', 'no JSON', '"bad"'), async (body) => {
      if (body === 'bad') throw new MigrationError('SOME_CODE', 'no');
    });
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }]);
    expect(logged).toMatchObject([
      { messageId: 'm1', code: 'MESSAGE_MALFORMED' },
      { messageId: 'm2', code: 'SOME_CODE' },
    ]);
  });

  it('come again after their delay when they are postponed, and that is no error', async () => {
    const { place: at, hidden, logged } = place();
    const response = await takeRecords(at, eventOf('1'), async () => {
      throw new Postponed('GATE_CLOSED', 'later', 17);
    });
    expect(response.batchItemFailures).toEqual([{ itemIdentifier: 'm0' }]);
    expect(hidden).toEqual([['r0', 17]]);
    expect(logged).toEqual([]);
  });

  it('come again soon on a stack when the trouble is known, and after the visibility timeout when nobody understands them', async () => {
    const { place: at, hidden, logged } = place();
    const errors = [new MigrationError('QUEUE_UNAVAILABLE', 'away'), new TypeError('a mistake')];
    await takeRecords({ ...at, superviseEveryMs: 60_000 }, eventOf('1', '2', '{"v": 9}', 'no JSON'), async (body) => {
      if (typeof body === 'object') chunkMessage.parse(body);
      throw errors.shift() ?? new Error('unused');
    });
    expect(hidden).toEqual([['r0', 60]]);
    expect(logged.map((fields) => (fields as { code: string }).code).sort()).toEqual([
      'MESSAGE_MALFORMED',
      'MESSAGE_UNKNOWN',
      'QUEUE_UNAVAILABLE',
      'UNEXPECTED',
    ]);
  });

  it('of an unknown version are left alone', () => {
    expect(chunkMessage.safeParse({ v: 2, type: 'transfer', job: 'j', round: 1, page: 0, chunk: 0 }).success).toBe(
      false,
    );
    expect(chunkMessage.safeParse({ v: 1, type: 'chunk', job: 'j', round: 1, page: 0, chunk: 0 }).success).toBe(true);
  });
});
