import type { Problem } from './problem.ts';
import type { Configuration } from './schema.ts';

/**
 * All environment variables of a function together may have 4 KB
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html). So much is left for what a document can make long; queues,
 * buckets and the rest need no more than the other half.
 */
const ROOM = 2048;

/** Too many endpoints for the environment of a function would only come to light in the middle of a deployment. */
export function environmentChecks({ endpoints, uploads }: Configuration): readonly Problem[] {
  const length = Buffer.byteLength(JSON.stringify({ endpoints, uploads }));
  if (length <= ROOM) return [];
  const message = `take ${length} bytes of the environment of the functions, which has room for ${ROOM}; give secrets by their names instead of their ARNs, keep URLs in the secrets, or deploy two stacks`;
  return [{ path: 'endpoints', message }];
}
