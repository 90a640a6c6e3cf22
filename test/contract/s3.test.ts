import { afterAll, beforeAll } from '@jest/globals';
import { S3ObjectStore } from '../../functions/aws/s3/object-store.ts';
import { type AwsEmulator, startAws } from '../support/aws.ts';
import { objectStoreContract } from './object-store.contract.ts';

let aws: AwsEmulator;
let buckets = 0;
beforeAll(async () => {
  aws = await startAws();
});
afterAll(() => aws.stop());

objectStoreContract('S3', () => {
  buckets += 1;
  return new S3ObjectStore(aws.s3, aws.server.createBucket(`evidence-${buckets}`).bucketName);
});
