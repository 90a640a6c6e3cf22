import { createHash } from 'node:crypto';
import type { EndpointName, ItemId, JobId, OrthancId } from '../../core/ids.ts';

/** The primary key of an item, see table.ts. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** A sort key holds at most this many bytes of UTF-8 (Service quotas of DynamoDB, "Partition keys and sort keys"). */
const SORT_KEY_BYTES = 1024;
/** The sort key of what is alone in its partition. */
const ALONE = '-';

export const JOBS = 'jobs';

export function jobKey(id: JobId): Key {
  return { pk: JOBS, sk: id };
}

export function checkpointKey(job: JobId, round: number): Key {
  return { pk: `job#${job}`, sk: `checkpoint#${padded(round, 6)}` };
}

export function pageKey(job: JobId, round: number, page: number): Key {
  return { pk: `plan#${job}#${round}`, sk: padded(page, 10) };
}

export function findingKey(job: JobId, item: ItemId): Key {
  return { pk: `findings#${job}`, sk: shortened(item) };
}

export function claimsKey(job: JobId, instance: OrthancId): Key {
  return { pk: `claims#${job}#${instance}`, sk: ALONE };
}

export function arrivalKey(job: JobId, number: number): Key {
  return { pk: `arrivals#${job}`, sk: padded(number, 10) };
}

export function gateKey(endpoint: EndpointName): Key {
  return { pk: `gate#${endpoint}`, sk: ALONE };
}

export function limitsKey(endpoint: EndpointName): Key {
  return { pk: `limits#${endpoint}`, sk: ALONE };
}

export function leaseKey(name: string): Key {
  return { pk: `lease#${name}`, sk: ALONE };
}

function padded(number: number, digits: number): string {
  return String(number).padStart(digits, '0');
}

/**
 * The item itself, or what fits of it and a hash of the whole. No item is equal to another's shortened key: in file keys `%` is
 * followed by digits alone.
 */
function shortened(item: ItemId): string {
  const bytes = Buffer.from(item);
  if (bytes.length <= SORT_KEY_BYTES) return item;
  const ending = `%#${createHash('sha256').update(bytes).digest('hex')}`;
  let end = SORT_KEY_BYTES - ending.length;
  // Not within a character: its other bytes all begin with 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + ending;
}
