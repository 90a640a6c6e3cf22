import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type Bucket, type CfnBucket, EventType } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IConstruct } from 'constructs';
import { privateBucket } from './evidence-bucket.ts';
import { explainWildcard } from './wildcards.ts';

const LOGICAL_ID = 'DumpBucket';

export interface DumpBucketProps {
  readonly key: IKey | undefined;
  /** Uploads to keys that begin with it are imported. */
  readonly prefix: string;
  /** Where S3 announces them. */
  readonly queue: Queue;
}

/** A bucket for uploads. What is in it belongs to the user: functions read it and never change it, and it outlives the stack. */
export class DumpBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { key, prefix, queue }: DumpBucketProps) {
    super(scope, id);
    this.bucket = privateBucket(this, LOGICAL_ID, key, { versioned: false, lifecycleRules: [] });
    queue.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('s3.amazonaws.com')],
        actions: ['sqs:SendMessage'],
        resources: [queue.queueArn],
        // The bucket's own ARN is not known before its notifications are, and those not before this policy.
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    const resource = this.bucket.node.defaultChild as CfnBucket;
    // Written into the bucket itself: the usual construct deploys one more function that may change every bucket's notifications.
    resource.notificationConfiguration = {
      queueConfigurations: [
        {
          event: EventType.OBJECT_CREATED,
          queue: queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } },
        },
      ],
    };
    // S3 tries the queue when it is told of it.
    resource.node.addDependency(queue.node.findChild('Policy'));
  }
}

/**
 * Lets somebody read dumps: the bucket for uploads, if there is one, and buckets that were there before, which are read and listed, never
 * changed. Listing is needed to tell an object that has gone (404) from one that may not be read (403).
 */
export function grantReadDumps(
  reader: IGrantable & IConstruct,
  own: Bucket | undefined,
  existing: readonly string[],
): void {
  const { partition } = Stack.of(reader);
  const others = existing.map((name) => `arn:${partition}:s3:::${name}`);
  const buckets = own ? [own.bucketArn, ...others] : others;
  if (buckets.length === 0) return;
  own?.encryptionKey?.grantDecrypt(reader);
  for (const statement of [
    new PolicyStatement({ actions: ['s3:ListBucket'], resources: buckets }),
    new PolicyStatement({
      actions: ['s3:GetObject', 's3:GetObjectVersion'],
      resources: buckets.map((bucket) => `${bucket}/*`),
    }),
  ])
    reader.grantPrincipal.addToPrincipalPolicy(statement);
  const reason = 'the names of what is uploaded or was dumped are not known beforehand';
  if (own) explainWildcard(reader, `Resource::<${LOGICAL_ID}.Arn>/*`, reason);
  for (const name of existing) explainWildcard(reader, `Resource::arn:<AWS::Partition>:s3:::${name}/*`, reason);
}
