import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { SqsQueue } from '../../../../functions/aws/sqs/work-queue.ts';
import { instantClock } from '../instant-clock.ts';

const sqs = mockClient(SQSClient);
const client = new SQSClient({ region: 'x' });
const queue = new SqsQueue({ client, url: 'https://q', name: 'transfer', clock: instantClock() });
const error = (name: string, message = 'text') => Object.assign(new Error(message), { name });
const expired = 'Value AQEB for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.';
const tooLong =
  'Value 43200 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].';

beforeEach(() => {
  sqs.reset();
});

describe('a receipt handle that is gone', () => {
  test.each([
    ['ReceiptHandleIsInvalid', 'text'],
    ['MessageNotInflight', 'text'],
    ['AWS.SimpleQueueService.MessageNotInflight', 'text'],
    ['InvalidParameterValue', expired],
    ['InvalidParameterValueException', expired],
  ])('%s does nothing', async (name, message) => {
    sqs.rejects(error(name, message));
    await queue.changeVisibility('handle', 5);
    await queue.delete('handle');
    expect(sqs.commandCalls(ChangeMessageVisibilityCommand)).toHaveLength(1);
    expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(1);
  });

  test.each([
    ['InvalidParameterValue', tooLong],
    ['QueueDoesNotExist', 'text'],
    ['RequestThrottled', 'text'],
    ['AccessDenied', 'text'],
  ])('%s is an error', async (name, message) => {
    sqs.rejects(error(name, message));
    const unavailable = { code: 'QUEUE_UNAVAILABLE', message: expect.stringContaining('queue transfer') };
    await expect(queue.changeVisibility('handle', 5)).rejects.toMatchObject(unavailable);
    await expect(queue.delete('handle')).rejects.toMatchObject(unavailable);
  });
});

test('depth is what SQS says at the moment, however old that is', async () => {
  const attributes = (visible: string, hidden: string) => ({
    Attributes: { ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: hidden },
  });
  sqs.on(GetQueueAttributesCommand).resolvesOnce(attributes('0', '0')).resolves(attributes('7', '2'));
  expect(await queue.depth()).toEqual({ visible: 0, inFlight: 0 });
  expect(await queue.depth()).toEqual({ visible: 7, inFlight: 2 });
});
