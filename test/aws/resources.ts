import type {
  AttributeDefinition,
  DynamoDBClient,
  GlobalSecondaryIndex,
  KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, type S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { createTable } from '../support/dynamodb.ts';
import type { Properties, Resolver, Template } from './template.ts';

/** Attributes of a queue that the emulator knows; a policy, or encryption at rest, changes nothing of what is delivered. */
const QUEUE_ATTRIBUTES = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'DelaySeconds',
  'MaximumMessageSize',
  'RedrivePolicy',
];

export function resourcesOf(template: Template, ...types: readonly string[]): readonly [string, Properties][] {
  return Object.entries(template.Resources)
    .filter(([, { Type }]) => types.includes(Type))
    .map(([id, { Properties = {} }]) => [id, Properties]);
}

export async function createQueues(
  sqs: SQSClient,
  template: Template,
  { resolve, attributes }: Resolver,
): Promise<void> {
  for (const [id, properties] of resourcesOf(template, 'AWS::SQS::Queue')) {
    const entries = QUEUE_ATTRIBUTES.filter((name) => properties[name] !== undefined).map((name) => {
      const value = resolve(properties[name]);
      return [name, typeof value === 'object' ? JSON.stringify(value) : String(value)];
    });
    await sqs.send(
      new CreateQueueCommand({ QueueName: String(attributes(id).QueueName), Attributes: Object.fromEntries(entries) }),
    );
  }
}

export async function createTables(
  dynamodb: DynamoDBClient,
  template: Template,
  { attributes }: Resolver,
): Promise<void> {
  for (const [id, properties] of resourcesOf(template, 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'))
    await createTable(dynamodb, {
      TableName: String(attributes(id).Ref),
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: properties.KeySchema as KeySchemaElement[],
      AttributeDefinitions: properties.AttributeDefinitions as AttributeDefinition[],
      GlobalSecondaryIndexes: properties.GlobalSecondaryIndexes as GlobalSecondaryIndex[],
    });
}

export async function createBuckets(s3: S3Client, template: Template, { attributes }: Resolver): Promise<void> {
  for (const [id] of resourcesOf(template, 'AWS::S3::Bucket'))
    await s3.send(new CreateBucketCommand({ Bucket: String(attributes(id).Ref) }));
}
