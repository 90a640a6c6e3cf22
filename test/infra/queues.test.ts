import { describe, expect, test } from '@jest/globals';
import { FULL, LEAST, ofType, type Resource, type Resources, referenceOf, resourcesOf } from './synthesised.ts';

const DAYS_14 = 14 * 86_400;

function at(resources: Resources, id: string): Resource {
  const resource = resources[id];
  if (!resource) throw new Error(`there is no ${id}`);
  return resource;
}

describe.each([
  ['everything', FULL],
  ['the least', LEAST],
])('queues of a stack with %s', (_, document) => {
  const resources = resourcesOf(document);
  const queues = ofType(resources, 'AWS::SQS::Queue');
  const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping');
  const nameOf = (id: string): string => at(resources, id).Properties.QueueName;

  test('a message stays invisible for six times as long as the function that takes it may run', () => {
    expect(mappings.length).toBeGreaterThanOrEqual(3);
    for (const [, { Properties }] of mappings) {
      const queue = at(resources, referenceOf(Properties.EventSourceArn));
      const timeout = at(resources, referenceOf(Properties.FunctionName)).Properties.Timeout;
      expect(queue.Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * timeout);
    }
  });

  test('each mapping takes messages back one by one, and holds back by its own concurrency', () => {
    for (const [, { Properties }] of mappings) {
      expect(Properties.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      const name = nameOf(referenceOf(Properties.EventSourceArn));
      if (name.endsWith('-uploads'))
        expect(Properties).toMatchObject({ BatchSize: 1000, MaximumBatchingWindowInSeconds: 10 });
      else expect(Properties.ScalingConfig.MaximumConcurrency).toBeGreaterThanOrEqual(2);
    }
    for (const [, { Properties }] of ofType(resources, 'AWS::Lambda::Function'))
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  test('each queue has a dead-letter queue, which is kept for 14 days and none itself', () => {
    const letters = queues.flatMap(([, { Properties }]) =>
      Properties.RedrivePolicy ? [referenceOf(Properties.RedrivePolicy.deadLetterTargetArn)] : [],
    );
    const destinations = ofType(resources, 'AWS::Lambda::EventInvokeConfig').map(([, { Properties }]) =>
      referenceOf(Properties.DestinationConfig.OnFailure.Destination),
    );
    for (const [id, { Properties }] of queues) {
      expect(Properties.MessageRetentionPeriod).toBe(DAYS_14);
      if (letters.includes(id) || destinations.includes(id)) expect(Properties).not.toHaveProperty('RedrivePolicy');
      else expect(Properties.RedrivePolicy.maxReceiveCount).toBe(1000);
    }
    expect(queues.length).toBe(letters.length + new Set(letters).size + destinations.length);
  });

  test('transfer and import share one dead-letter queue; the worker queue has no function', () => {
    const letters = (end: string) =>
      queues
        .filter(([id]) => nameOf(id).endsWith(end))
        .map(([, { Properties }]) => nameOf(referenceOf(Properties.RedrivePolicy.deadLetterTargetArn)));
    expect(letters('-transfer')).toEqual(['orthanc-migrate-dead-letters']);
    expect(letters('-import')).toEqual(['orthanc-migrate-dead-letters']);
    expect(letters('-worker')).toEqual(['orthanc-migrate-worker-dead-letters']);
    const fed = mappings.map(([, { Properties }]) => nameOf(referenceOf(Properties.EventSourceArn)));
    expect(fed).not.toContain('orthanc-migrate-worker');
  });

  test('each queue is encrypted, and reached by TLS alone', () => {
    for (const [, { Properties }] of queues)
      if ('kmsKey' in document) expect(Properties.KmsMasterKeyId).toBe(document.kmsKey);
      else expect(Properties.SqsManagedSseEnabled).toBe(true);
    const closed = ofType(resources, 'AWS::SQS::QueuePolicy')
      .filter(([, { Properties }]) => JSON.stringify(Properties).includes('{"aws:SecureTransport":"false"}'))
      .map(([, { Properties }]) => referenceOf(Properties.Queues[0]));
    expect(closed.sort()).toEqual(queues.map(([id]) => id).sort());
  });
});

test('S3 announces uploads below the prefix, once the queue lets it', () => {
  const resources = resourcesOf(FULL);
  const [, bucket] = ofType(resources, 'AWS::S3::Bucket').find(([id]) => id === 'DumpBucket') ?? [];
  const [told] = bucket?.Properties.NotificationConfiguration.QueueConfigurations ?? [];
  const queue = referenceOf(told.Queue);
  expect(at(resources, queue).Properties.QueueName).toBe('orthanc-migrate-uploads');
  expect(told.Event).toBe('s3:ObjectCreated:*');
  expect(told.Filter.S3Key.Rules).toEqual([{ Name: 'prefix', Value: 'incoming/' }]);
  const [policy] = ofType(resources, 'AWS::SQS::QueuePolicy').filter(
    ([, { Properties }]) => referenceOf(Properties.Queues[0]) === queue,
  );
  expect(bucket?.DependsOn).toEqual([policy?.[0]]);
  expect(JSON.stringify(policy)).toContain('s3.amazonaws.com');
});
