import { createHash } from 'node:crypto';
import type { EndpointName, FileKey } from '../core/ids.ts';

/** What the source of an import is called: the same places always have the same name. */
export function dumpName(keys: readonly FileKey[]): EndpointName {
  const [first = ''] = keys;
  if (keys.length === 1) return first as string as EndpointName;
  const digest = createHash('sha256').update(keys.join('\n')).digest('hex').slice(0, 12);
  return `${first} and ${keys.length - 1} more (${digest})` as EndpointName;
}
