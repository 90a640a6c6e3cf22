import { expect, jest, test } from '@jest/globals';
import type { BatchHandler } from '../../../cli/local/event-source-mapping.ts';
import { settle } from '../../contract/manual-clock.ts';
import { heldHandler, mappingRig } from './mapping-rig.ts';

const current = mappingRig();

test('a handler sees what Lambda would give it', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  rig.start(handler);
  await rig.queue.send([{ body: 'hello', attributes: { jobId: 'j' } }]);
  await settle();
  const [call] = calls;
  expect(call?.event.Records).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(rig.clock.now()),
        SenderId: 'local',
        ApproximateFirstReceiveTimestamp: String(rig.clock.now()),
      },
      messageAttributes: { jobId: { dataType: 'String', stringValue: 'j' } },
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: 'arn:aws:sqs:local:000000000000:transfer',
      awsRegion: 'local',
    },
  ]);
  expect(call?.context.getRemainingTimeInMillis()).toBe(1234);
  rig.remainingMs = 0;
  expect(call?.context.getRemainingTimeInMillis()).toBe(0);
  await call?.end();
  expect(rig.left()).toEqual([]);
});

test('a batch is bounded, and so are the invocations at a time', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  rig.start(handler, { batchSize: 2, concurrency: 2 });
  await rig.send('a', 'b', 'c', 'd', 'e');
  expect(calls.map((call) => call.event.Records.length)).toEqual([2, 2]);
  expect(rig.mapping?.running).toBe(2);
  await calls[1]?.end();
  expect(calls[2]?.event.Records.map((record) => record.body)).toEqual(['e']);
  await calls[0]?.end();
  await calls[2]?.end();
  expect(rig.left()).toEqual([]);
});

test('failed records stay and come again when their visibility ends', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  rig.start(handler, { batchSize: 2 });
  await rig.send('bad', 'good');
  await calls[0]?.end(calls[0].event.Records.slice(0, 1).map((record) => record.messageId));
  expect(rig.left()).toEqual(['bad']);
  await rig.clock.advance(29_000);
  expect(calls).toHaveLength(1);
  await rig.clock.advance(1_500);
  expect(calls[1]?.event.Records[0]).toMatchObject({ body: 'bad', attributes: { ApproximateReceiveCount: '2' } });
  await calls[1]?.end();
});

test.each<[string, BatchHandler]>([
  ['an error', async () => Promise.reject(new Error('boom'))],
  ['a failure that is not of the batch', async () => ({ batchItemFailures: [{ itemIdentifier: 'unknown' }] })],
])('%s fails the whole batch, and after maxReceiveCount it is dead-lettered', async (_, handler) => {
  const rig = current();
  const calls = jest.fn(handler);
  rig.start(calls, { batchSize: 2 });
  await rig.send('a', 'b');
  expect(rig.left()).toEqual(['a', 'b']);
  await rig.clock.advance(100_000);
  expect(calls).toHaveBeenCalledTimes(2);
  expect(rig.left()).toEqual([]);
  expect(rig.dead.peek(10).map((message) => message.body)).toEqual(['a', 'b']);
});

test('no answer is success', async () => {
  const rig = current();
  rig.start(async () => undefined);
  await rig.send('a');
  expect(rig.left()).toEqual([]);
});
