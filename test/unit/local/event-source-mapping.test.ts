import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import { openDatabase } from '../../../cli/local/database.ts';
import { type BatchHandler, EventSourceMapping, type MappingOptions } from '../../../cli/local/event-source-mapping.ts';
import { SqliteQueue } from '../../../cli/local/work-queue.ts';
import type { Log } from '../../../functions/core/ports.ts';
import { ManualClock, settle } from '../../contract/manual-clock.ts';

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

let clock: ManualClock;
let queue: SqliteQueue;
let dead: SqliteQueue;
let mapping: EventSourceMapping | undefined;
let remainingMs: number;

beforeEach(() => {
  clock = new ManualClock();
  remainingMs = 1234;
  const database = openDatabase(':memory:');
  const redrive = { maxReceiveCount: 2, deadLetterQueue: 'dead' };
  queue = new SqliteQueue(database, clock, { name: 'transfer', redrive });
  dead = new SqliteQueue(database, clock, { name: 'dead' });
});

afterEach(async () => {
  await mapping?.stop();
  mapping = undefined;
});

function start(handler: BatchHandler, options: Partial<MappingOptions> = {}): EventSourceMapping {
  const deadline = { remainingMs: () => remainingMs };
  const all = { queue, handler, clock, log, deadline, batchSize: 1, concurrency: 2, visibilitySeconds: 30, ...options };
  mapping = new EventSourceMapping(all);
  mapping.start();
  return mapping;
}

const left = () => queue.peek(100).map((message) => message.body);
const send = async (...bodies: string[]) => {
  await queue.send(bodies.map((body) => ({ body })));
  await settle();
};

/** A handler whose invocations end when the test says so. */
function held() {
  const calls: { event: SQSEvent; context: Context; end: (failed?: readonly string[]) => Promise<void> }[] = [];
  const handler: BatchHandler = (event, context) =>
    new Promise((resolve) => {
      const end = async (failed: readonly string[] = []) => {
        resolve({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
        await settle();
      };
      calls.push({ event, context, end });
    });
  return { calls, handler };
}

test('a handler sees what Lambda would give it', async () => {
  const { calls, handler } = held();
  start(handler);
  await queue.send([{ body: 'hello', attributes: { jobId: 'j' } }]);
  await settle();
  const [call] = calls;
  expect(call?.event.Records).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(clock.now()),
        SenderId: 'local',
        ApproximateFirstReceiveTimestamp: String(clock.now()),
      },
      messageAttributes: { jobId: { dataType: 'String', stringValue: 'j' } },
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:local:000000000000:transfer',
      awsRegion: 'local',
    },
  ]);
  expect(call?.context.getRemainingTimeInMillis()).toBe(1234);
  remainingMs = 0;
  expect(call?.context.getRemainingTimeInMillis()).toBe(0);
  await call?.end();
  expect(left()).toEqual([]);
});

test('a batch is bounded, and so are the invocations at a time', async () => {
  const { calls, handler } = held();
  start(handler, { batchSize: 2, concurrency: 2 });
  await send('a', 'b', 'c', 'd', 'e');
  expect(calls.map((call) => call.event.Records.length)).toEqual([2, 2]);
  expect(mapping?.running).toBe(2);
  await calls[1]?.end();
  expect(calls[2]?.event.Records.map((record) => record.body)).toEqual(['e']);
  await calls[0]?.end();
  await calls[2]?.end();
  expect(left()).toEqual([]);
});

test('failed records stay and come again when their visibility ends', async () => {
  const { calls, handler } = held();
  start(handler, { batchSize: 2 });
  await send('bad', 'good');
  await calls[0]?.end(calls[0].event.Records.slice(0, 1).map((record) => record.messageId));
  expect(left()).toEqual(['bad']);
  await clock.advance(29_000);
  expect(calls).toHaveLength(1);
  await clock.advance(1_500);
  expect(calls[1]?.event.Records[0]).toMatchObject({ body: 'bad', attributes: { ApproximateReceiveCount: '2' } });
  await calls[1]?.end();
});

test.each<[string, BatchHandler]>([
  ['an error', async () => Promise.reject(new Error('boom'))],
  ['a failure that is not of the batch', async () => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] })],
])('%s fails the whole batch, and after maxReceiveCount it is dead-lettered', async (_, handler) => {
  const calls = jest.fn(handler);
  start(calls, { batchSize: 2 });
  await send('a', 'b');
  expect(left()).toEqual(['a', 'b']);
  await clock.advance(100_000);
  expect(calls).toHaveBeenCalledTimes(2);
  expect(left()).toEqual([]);
  expect(dead.peek(10).map((message) => message.body)).toEqual(['a', 'b']);
});

test('no answer is success', async () => {
  start(async () => undefined);
  await send('a');
  expect(left()).toEqual([]);
});

test('messages stay hidden for as long as their handler runs', async () => {
  const { calls, handler } = held();
  start(handler);
  await send('large');
  await clock.advance(3 * 3_600_000);
  expect(calls).toHaveLength(1);
  await calls[0]?.end();
  expect(left()).toEqual([]);
});

test('after a long sleep of the machine a running message is not received again', async () => {
  const { calls, handler } = held();
  const sleepless = jest.spyOn(clock, 'now');
  start(handler);
  await send('large');
  const asleep = clock.now() + 3_600_000;
  sleepless.mockReturnValue(asleep);
  await send('other');
  expect(calls.map((call) => call.event.Records[0]?.body)).toEqual(['large', 'other']);
  sleepless.mockRestore();
  for (const call of calls) await call.end();
});

test('a visibility that the handler changed is kept', async () => {
  const { calls, handler } = held();
  start(handler, { batchSize: 2 });
  await send('postponed', 'slow');
  const [postponed] = calls[0]?.event.Records ?? [];
  if (!postponed) throw new Error('nothing was received');
  await queue.changeVisibility(postponed.receiptHandle, 60);
  await clock.advance(59_000);
  expect(calls).toHaveLength(1);
  await clock.advance(1_500);
  expect(calls[1]?.event.Records.map((record) => record.body)).toEqual(['postponed']);
  await calls[0]?.end([postponed.messageId]);
  expect(left()).toEqual(['postponed']);
  await calls[1]?.end();
  expect(left()).toEqual([]);
});

test('a local send is noticed at once, that of another process by polling', async () => {
  const { calls, handler } = held();
  const database = openDatabase(':memory:');
  const [here, there] = [1, 2].map(() => new SqliteQueue(database, clock, { name: 'transfer' }));
  start(handler, { queue: here as SqliteQueue });
  await here?.send([{ body: 'here' }]);
  await settle();
  expect(calls).toHaveLength(1);
  await there?.send([{ body: 'there' }]);
  await settle();
  expect(calls).toHaveLength(1);
  await clock.advance(250);
  expect(calls).toHaveLength(2);
  for (const call of calls) await call.end();
});

test('while it is disabled nothing is received', async () => {
  const { calls, handler } = held();
  let enabled = false;
  start(handler, { enabled: () => enabled });
  await send('a');
  await clock.advance(10_000);
  expect(calls).toHaveLength(0);
  enabled = true;
  await clock.advance(250);
  expect(calls).toHaveLength(1);
  await calls[0]?.end();
});

test('stopping waits for the handlers and receives no more', async () => {
  const { calls, handler } = held();
  const { stop } = { stop: start(handler, { concurrency: 1 }).stop.bind(mapping) };
  await send('a', 'b');
  let stopped = false;
  const stopping = stop().then(() => {
    stopped = true;
  });
  await clock.advance(3_600_000);
  expect(stopped).toBe(false);
  await calls[0]?.end();
  await stopping;
  expect(left()).toEqual(['b']);
  expect(calls).toHaveLength(1);
});

test('a queue that fails is reported once, and ends the receiving', async () => {
  const { calls, handler } = held();
  const onError = jest.fn();
  jest.spyOn(queue, 'receive').mockImplementation(() => {
    throw new Error('disk full');
  });
  start(handler, { onError });
  await send('a');
  await clock.advance(10_000);
  expect(onError).toHaveBeenCalledTimes(1);
  expect(calls).toHaveLength(0);
});
