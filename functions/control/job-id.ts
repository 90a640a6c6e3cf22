import { randomBytes } from 'node:crypto';
import type { JobId } from '../core/ids.ts';

/** A new job id: sortable by time (UTC), short, and different for two commands of the same second. */
export function newJobId(now: number): JobId {
  const [date = '', time = ''] = new Date(now).toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}` as JobId;
}
