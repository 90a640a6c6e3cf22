import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { SqsQueue } from '../../../../functions/aws/sqs/work-queue.ts';
import { instantClock } from '../instant-clock.ts';

const sqs = mockClient(SQSClient);
const clock = instantClock();
const queue = new SqsQueue({ client: new SQSClient({ region: 'x' }), url: 'https://q', name: 'transfer', clock });
/** Bodies of each call. */
const calls = () =>
  sqs.commandCalls(SendMessageBatchCommand).map(({ args }) => args[0].input.Entries?.map((each) => each.MessageBody));
const refused = (Id: string, SenderFault = false) => ({ Id, SenderFault, Code: 'ServiceUnavailable' });

beforeEach(() => {
  sqs.reset();
  clock.slept.length = 0;
});

describe('batches', () => {
  beforeEach(() => {
    sqs.on(SendMessageBatchCommand).resolves({ Successful: [] });
  });

  test('nothing is not sent', async () => {
    await queue.send([]);
    expect(calls()).toEqual([]);
  });

  test('hold ten messages at most', async () => {
    await queue.send(Array.from({ length: 21 }, (_, n) => ({ body: String(n) })));
    expect(calls().map((bodies) => bodies?.length)).toEqual([10, 10, 1]);
  });

  test('hold 256 KiB at most, attributes included, in bytes of UTF-8', async () => {
    const half = 128 * 1024;
    await queue.send([{ body: 'ä'.repeat(half / 2) }, { body: 'b'.repeat(half) }, { body: 'c' }]);
    expect(calls().map((bodies) => bodies?.length)).toEqual([2, 1]);
    sqs.resetHistory();
    await queue.send([{ body: 'ä'.repeat(half / 2) }, { body: 'b'.repeat(half), attributes: { job: 'j' } }]);
    expect(calls().map((bodies) => bodies?.length)).toEqual([1, 1]);
  });

  test('carry attributes, the delay and what duplicates have in common', async () => {
    await queue.send([{ body: 'a', delaySeconds: 0, dedupeId: 'd', attributes: { job: 'j' } }, { body: 'b' }]);
    expect(sqs.commandCalls(SendMessageBatchCommand)[0]?.args[0].input).toEqual({
      QueueUrl: 'https://q',
      Entries: [
        {
          Id: '0',
          MessageBody: 'a',
          DelaySeconds: 0,
          MessageAttributes: {
            job: { DataType: 'String', StringValue: 'j' },
            dedupeId: { DataType: 'String', StringValue: 'd' },
          },
        },
        { Id: '1', MessageBody: 'b' },
      ],
    });
  });
});

describe('what SQS did not take', () => {
  test('is sent again, that alone, after growing pauses', async () => {
    sqs
      .on(SendMessageBatchCommand)
      .resolvesOnce({ Failed: [refused('1'), refused('2')] })
      .resolvesOnce({ Failed: [refused('2')] })
      .resolves({});
    await queue.send([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);
    expect(calls()).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
    expect(clock.slept).toEqual([100, 200]);
  });

  test('is an error after five tries', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Failed: [refused('0')] });
    await expect(queue.send([{ body: 'a' }, { body: 'b' }])).rejects.toMatchObject({
      code: 'QUEUE_UNAVAILABLE',
      message: expect.stringMatching(
        /^queue transfer cannot be written to: .*1 of 2 messages were not taken \(ServiceUnavailable\)$/,
      ),
    });
    expect(calls()).toHaveLength(5);
  });

  test('is not sent again when it is at fault itself', async () => {
    sqs.on(SendMessageBatchCommand).resolves({ Failed: [refused('0', true)] });
    await expect(queue.send([{ body: 'a' }])).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
    expect(calls()).toHaveLength(1);
  });
});

test('credentials that have expired are named as such', async () => {
  const error = Object.assign(new Error('The security token included in the request is expired'), {
    name: 'ExpiredTokenException',
  });
  sqs.on(SendMessageBatchCommand).rejects(error);
  await expect(queue.send([{ body: 'a' }])).rejects.toMatchObject({
    code: 'QUEUE_UNAVAILABLE',
    message: expect.stringMatching(/credentials have expired/),
    cause: error,
  });
});
