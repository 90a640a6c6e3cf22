import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect } from '@jest/globals';
import { SqsQueue } from '../../functions/aws/sqs/work-queue.ts';
import { systemClock } from '../../functions/core/system-clock.ts';
import { type AwsEmulator, startAws } from '../support/aws.ts';
import { type QueueRig, workQueueContract } from './work-queue.contract.ts';

let aws: AwsEmulator;
let rigs = 0;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());

workQueueContract('SQS', sqsRig);

function sqsRig(): QueueRig {
  rigs += 1;
  const dead = aws.server.createQueue(`dead-${rigs}`);
  const policy = { deadLetterTargetArn: dead.queueArn, maxReceiveCount: 3 };
  const attributes = { RedrivePolicy: JSON.stringify(policy) };
  const { queueUrl, queueName } = aws.server.createQueue(`transfer-${rigs}`, { attributes });
  const queue = new SqsQueue({ client: aws.sqs, url: queueUrl, name: queueName, clock: systemClock });
  return {
    queue,
    receive: (max, visibilitySeconds) => queue.receive(max, visibilitySeconds),
    delete: (receiptHandle) => queue.delete(receiptHandle),
    deadLetters: async () => {
      const { ready = [] } = aws.server.inspectQueue(dead.queueName)?.messages ?? {};
      return ready.map((message) => message.body);
    },
    elapse: async (seconds) => {
      // Real time, and a little more: the emulator's clock is not read at the same moment as ours.
      await sleep(seconds * 1000 + 50);
      await notice(queueUrl);
    },
  };
}

/** fauxqs notices what has become visible only when somebody receives, whereas SQS counts it at once: this receive takes nothing. */
async function notice(queueUrl: string): Promise<void> {
  const answer = await fetch(aws.server.address, {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ReceiveMessage' },
    body: JSON.stringify({ QueueUrl: queueUrl, MaxNumberOfMessages: 'none' }),
  });
  expect(await answer.json()).toEqual({});
}
