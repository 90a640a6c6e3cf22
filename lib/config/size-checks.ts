import type { Problem } from './problem.ts';
import type { Configuration } from './schema.ts';

/**
 * What AWS would only refuse in the middle of a deployment. test/infra/limits.test.ts holds the largest document that passes here
 * against AWS's own limits.
 */
export function sizeChecks(configuration: Configuration): readonly Problem[] {
  return [...environment(configuration), ...rights(configuration)];
}

/**
 * All environment variables of a function together may have 4 KB
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). The rest of it is for queues, buckets and their like.
 */
const ENVIRONMENT_BYTES = 1900;

function environment({ endpoints, uploads }: Configuration): Problem[] {
  const length = Buffer.byteLength(JSON.stringify({ endpoints, uploads }));
  if (length <= ENVIRONMENT_BYTES) return [];
  const message = `take ${length} bytes of the environment of the functions, which has room for ${ENVIRONMENT_BYTES}; give secrets by their names instead of their ARNs, keep URLs in the secrets, or deploy two stacks`;
  return [{ path: 'endpoints', message }];
}

/**
 * A managed policy may have 6,144 characters (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html); the worker's
 * names the secrets, buckets and keys of a document beside all else that it needs.
 */
const RIGHTS_CHARACTERS = 3000;
const SECRET_ARN = 'arn:aws:secretsmanager:ap-southeast-1:111122223333:secret:-??????",'.length;
const BUCKET_ARNS = '"arn:aws:s3:::","arn:aws:s3:::/*",'.length;

function rights({ endpoints, dumpBuckets, decryptKeys, storageKeysSecret = '' }: Configuration): Problem[] {
  const secrets = new Set([...Object.values(endpoints).map(({ secret }) => secret), storageKeysSecret]);
  const lengths = [
    ...[...secrets].map((secret) => (secret.startsWith('arn:') ? secret.length : SECRET_ARN + secret.length)),
    ...dumpBuckets.map((bucket) => BUCKET_ARNS + 2 * bucket.length),
    ...decryptKeys.map((key) => key.length),
  ];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (total <= RIGHTS_CHARACTERS) return [];
  const message = `secrets of endpoints, dumpBuckets and decryptKeys take ${total} characters of a policy, which has room for ${RIGHTS_CHARACTERS}; deploy two stacks, each for some of them`;
  return [{ path: '', message }];
}
