import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { OPEN_INDEX } from '../../functions/aws/dynamodb/table.ts';
import { FULL, LEAST, nag, ofType, referenceOf, resourcesOf, stackOf } from './synthesised.ts';

describe.each([
  ['everything', FULL],
  ['the least', LEAST],
])('a stack with %s', (name, document) => {
  const resources = resourcesOf(document);

  test('keeps data when it goes', () => {
    const data = [...ofType(resources, 'AWS::S3::Bucket'), ...ofType(resources, 'AWS::DynamoDB::Table')];
    expect(data).toHaveLength(name === 'everything' ? 3 : 2);
    for (const [, { DeletionPolicy, UpdateReplacePolicy }] of data)
      expect([DeletionPolicy, UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  test('has buckets that are encrypted, and reached by TLS and from this account alone', () => {
    for (const [id, { Properties }] of ofType(resources, 'AWS::S3::Bucket')) {
      const [rule] = Properties.BucketEncryption.ServerSideEncryptionConfiguration;
      const algorithm = rule.ServerSideEncryptionByDefault.SSEAlgorithm;
      expect(algorithm).toBe(name === 'everything' ? 'aws:kms' : 'AES256');
      expect(Properties.PublicAccessBlockConfiguration).toEqual({
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      });
      const [policy] = ofType(resources, 'AWS::S3::BucketPolicy').filter(
        ([, { Properties: of }]) => referenceOf(of.Bucket) === id,
      );
      const statements = policy?.[1].Properties.PolicyDocument.Statement;
      expect(statements).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
      expect(JSON.stringify(statements)).not.toContain('"Allow"');
    }
  });

  test('has a job table as the job store expects it', () => {
    const [[, table] = ['', undefined]] = ofType(resources, 'AWS::DynamoDB::Table');
    expect(table?.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
        { AttributeName: OPEN_INDEX, AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: OPEN_INDEX,
          KeySchema: [
            { AttributeName: OPEN_INDEX, KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  test('satisfies cdk-nag', () => {
    expect(() => nag(document)).not.toThrow();
  });
});

test('cdk-nag looks at what is there: a bucket open to all would be found', () => {
  const { app, stack } = stackOf(LEAST);
  new Bucket(stack, 'Open');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).toThrow(/Open[\s\S]*AwsSolutions-S10/);
});

describe('what begins jobs', () => {
  const resources = resourcesOf(FULL);
  const schedules = ofType(resources, 'AWS::Scheduler::Schedule').map(([, { Properties }]) => Properties);

  test('the supervisor is invoked each minute, and too late is never', () => {
    const [tick] = schedules.filter(({ Name }) => Name === 'orthanc-migrate.each-minute');
    expect(tick).toMatchObject({ ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' });
    expect(tick.Target.RetryPolicy.MaximumRetryAttempts).toBe(0);
    expect(tick.Target).not.toHaveProperty('Input');
  });

  test('schedules ask it for jobs', () => {
    const [nightly] = schedules.filter(({ Name }) => Name === 'orthanc-migrate-nightly');
    expect(nightly).toMatchObject({
      ScheduleExpression: 'cron(0 22 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Vienna',
    });
    expect(JSON.parse(nightly.Target.Input)).toEqual({
      request: { id: '<aws.scheduler.execution-id>', kind: 'replicate', source: 'old', target: 'new' },
    });
    expect(resources[referenceOf(nightly.Target.Arn)]?.Properties.FunctionName).toBe('orthanc-migrate-supervise');
    expect(schedules).toHaveLength(3);
  });

  test('events on the bus of the stack ask it for jobs', () => {
    const [[, rule] = ['', undefined]] = ofType(resources, 'AWS::Events::Rule');
    expect(rule?.Properties.EventPattern).toEqual({ 'detail-type': ['Orthanc Migration Requested'] });
    expect(resources[referenceOf(rule?.Properties.EventBusName)]?.Properties.Name).toBe('orthanc-migrate');
    expect(referenceOf(rule?.Properties.Targets[0].Arn)).toMatch(/^Supervise/);
  });
});
