import { S3Client } from '@aws-sdk/client-s3';
import { hasOwnEndpoint } from '../own-endpoint.ts';

/** More than transfers and looks at heads together. */
const CONNECTIONS = 256;
const CONNECT_MS = 10_000;
/** A connection on which nothing came for so long is given up; reading goes on with another one. */
const IDLE_MS = 60_000;

/**
 * A client for buckets, on a machine of the user's own: credentials, region and endpoint as every AWS tool finds them. Behind an
 * endpoint of the user's own the bucket stands in the path: hardly any other server has host names for its buckets.
 */
export function bucketClient(environment: NodeJS.ProcessEnv = process.env): S3Client {
  const agent = { keepAlive: true, maxSockets: CONNECTIONS };
  return new S3Client({
    followRegionRedirects: true,
    forcePathStyle: hasOwnEndpoint('S3', environment),
    // Every byte is hashed on its way to the target, and TLS guards it on the way here.
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: IDLE_MS,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}
