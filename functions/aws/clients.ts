import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { hasOwnEndpoint } from './own-endpoint.ts';

/**
 * What all clients have in common. Region, credentials and endpoints are those that every AWS tool finds in its environment. Throttling is
 * over after seconds, and whoever gives up loses an invocation: so more tries than the usual three.
 */
export const CLIENT = {
  maxAttempts: 8,
  retryMode: 'standard',
  // Milliseconds; without these a lost answer would be waited for until the function is killed. A long poll of SQS takes 20 s.
  requestHandler: { connectionTimeout: 5000, socketTimeout: 60_000 },
} as const;

/** For the objects of jobs. A server of the user's own hardly ever has host names for its buckets. */
export function objectsClient(environment: NodeJS.ProcessEnv): S3Client {
  return new S3Client({ ...CLIENT, forcePathStyle: hasOwnEndpoint('S3', environment) });
}

/** Usually the host in a queue's URL is asked; not so when the user has said whom to ask. */
export function queuesClient(environment: NodeJS.ProcessEnv): SQSClient {
  return new SQSClient({ ...CLIENT, useQueueUrlAsEndpoint: !hasOwnEndpoint('SQS', environment) });
}
