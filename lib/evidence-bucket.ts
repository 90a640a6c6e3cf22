import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { BlockPublicAccess, Bucket, BucketEncryption, type CfnBucket, type LifecycleRule } from 'aws-cdk-lib/aws-s3';
import { Construct, type IConstruct } from 'constructs';
import { explainWildcard } from './wildcards.ts';

export interface EvidenceBucketProps {
  readonly key: IKey | undefined;
  /** Days after which evidence is deleted; without it, never. */
  readonly days: number | undefined;
}

const LOGICAL_ID = 'EvidenceBucket';

/** Plans, receipts and evidence of all jobs, each object below `jobs/`. It outlives the stack, and keeps what was overwritten or deleted. */
export class EvidenceBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { key, days }: EvidenceBucketProps) {
    super(scope, id);
    this.bucket = privateBucket(this, LOGICAL_ID, key, {
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(30),
          ...(days !== undefined && { expiration: Duration.days(days) }),
        },
      ],
    });
  }

  grantRead(reader: IGrantable & IConstruct): void {
    this.bucket.encryptionKey?.grantDecrypt(reader);
    this.#allow(reader, ['s3:GetObject']);
    // Who may not list is told 403 instead of 404 of an object that is not there.
    reader.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['s3:ListBucket'], resources: [this.bucket.bucketArn] }),
    );
  }

  grantWrite(writer: IGrantable & IConstruct): void {
    this.bucket.encryptionKey?.grantEncryptDecrypt(writer);
    this.#allow(writer, ['s3:PutObject', 's3:AbortMultipartUpload']);
  }

  #allow(user: IGrantable & IConstruct, actions: string[]): void {
    const statement = new PolicyStatement({ actions, resources: [this.bucket.arnForObjects('jobs/*')] });
    user.grantPrincipal.addToPrincipalPolicy(statement);
    explainWildcard(user, `Resource::<${LOGICAL_ID}.Arn>/jobs/*`, 'objects are named after jobs, which come later');
  }
}

/** A bucket that nobody but this account reaches, and only by TLS. */
export function privateBucket(
  scope: Construct,
  logicalId: string,
  key: IKey | undefined,
  { versioned, lifecycleRules }: { readonly versioned: boolean; readonly lifecycleRules: readonly LifecycleRule[] },
): Bucket {
  const bucket = new Bucket(scope, 'Bucket', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    versioned,
    removalPolicy: RemovalPolicy.RETAIN,
    // Parts of an upload that was killed are billed for ever otherwise.
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }, ...lifecycleRules],
    ...(key
      ? { encryption: BucketEncryption.KMS, encryptionKey: key, bucketKeyEnabled: true }
      : { encryption: BucketEncryption.S3_MANAGED }),
  });
  (bucket.node.defaultChild as CfnBucket).overrideLogicalId(logicalId);
  Validations.of(bucket).acknowledge({
    id: 'AwsSolutions-S1',
    reason:
      'who reads objects is recorded by CloudTrail data events where an account wants that; access logs need a bucket more',
  });
  return bucket;
}
