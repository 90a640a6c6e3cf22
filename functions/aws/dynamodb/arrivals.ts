import type { JobId } from '../../core/ids.ts';
import type { Arrival } from '../../core/ports.ts';
import { ABSENT } from './condition.ts';
import { putItem } from './items.ts';
import { arrivalKey } from './keys.ts';
import { queryItems } from './query.ts';
import { jsonOf } from './stored.ts';
import type { Table } from './table-access.ts';

/** Writes the entry with this number in the job's log of uploads; `false` when that number is taken. */
export async function appendArrival(table: Table, job: JobId, number: number, arrival: Arrival): Promise<boolean> {
  return (await putItem(table, arrivalKey(job, number), { body: { S: JSON.stringify(arrival) } }, ABSENT)).done;
}

/** Entries of the log in order, from this number on. */
export async function readArrivals(table: Table, job: JobId, from: number, limit: number): Promise<readonly Arrival[]> {
  const { pk, sk } = arrivalKey(job, from);
  return (await queryItems(table, pk, { from: sk }, limit)).map((item) => jsonOf<Arrival>(item, 'body'));
}
