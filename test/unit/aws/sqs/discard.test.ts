import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { discard } from '../../../../functions/aws/sqs/discard.ts';
import { SqsQueue } from '../../../../functions/aws/sqs/work-queue.ts';
import { systemClock } from '../../../../functions/core/system-clock.ts';
import { type AwsEmulator, startAws } from '../../../support/aws.ts';

let aws: AwsEmulator;
let queue: SqsQueue;
let queues = 0;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());
beforeEach(() => {
  queues += 1;
  const { queueUrl } = aws.server.createQueue(`dead-${queues}`);
  queue = new SqsQueue({ client: aws.sqs, url: queueUrl, name: 'dead-letter', clock: systemClock });
});

const ready = () => (aws.server.inspectQueue(`dead-${queues}`)?.messages.ready ?? []).map((each) => each.body).sort();
const failures = (count: number) => Array.from({ length: count }, (_, n) => ({ body: `m${n}`, dedupeId: `d${n}` }));

test('removes the wanted messages, and gives back the others at once', async () => {
  await queue.send([...failures(35), { body: 'of nobody' }]);
  await queue.discard(Array.from({ length: 33 }, (_, n) => `d${n}`));
  expect(ready()).toEqual(['m33', 'm34', 'of nobody']);
});

test('ends when what it looks for is not there', async () => {
  await queue.send(failures(12));
  await queue.discard(['d3', 'gone already']);
  expect(ready()).toEqual(
    failures(12)
      .map(({ body }) => body)
      .filter((body) => body !== 'm3')
      .sort(),
  );
  await queue.discard([]);
  expect((await queue.receive(10, 0)).map(({ receiveCount }) => receiveCount)).toContain(2);
});

test('gives back what it has taken when the queue fails in the midst of it', async () => {
  await queue.send(failures(25));
  const broken = new Error('broken');
  let receives = 0;
  const source = {
    receive: async (max: number, visibility: number) => {
      receives += 1;
      if (receives === 3) throw broken;
      return queue.receive(max, visibility);
    },
    delete: (handle: string) => queue.delete(handle),
    changeVisibility: (handle: string, seconds: number) => queue.changeVisibility(handle, seconds),
  };
  await expect(discard(source, ['d0', 'd24'])).rejects.toBe(broken);
  expect(ready()).toHaveLength(24);
});

test('asks all servers of SQS, of which a short poll asks some', async () => {
  await queue.send(failures(3));
  const waits: number[] = [];
  const source = {
    receive: async (max: number, visibility: number, waitSeconds: number) => {
      waits.push(waitSeconds);
      return queue.receive(max, visibility, waitSeconds);
    },
    delete: (handle: string) => queue.delete(handle),
    changeVisibility: (handle: string, seconds: number) => queue.changeVisibility(handle, seconds),
  };
  await discard(source, ['d1']);
  expect(waits.length).toBeGreaterThan(0);
  expect(Math.min(...waits)).toBeGreaterThan(0);
});
