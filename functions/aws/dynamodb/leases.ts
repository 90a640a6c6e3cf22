import { equal } from './condition.ts';
import { deleteItem, putItem, readItem } from './items.ts';
import { leaseKey } from './keys.ts';
import { numberOf, textOf } from './stored.ts';
import { TTL_ATTRIBUTE } from './table.ts';
import type { Table } from './table-access.ts';

/** How long an expired lease stays at least, so that no clock that goes wrong loses one that is valid. */
const KEPT_MS = 24 * 3600 * 1000;

/** Takes or renews a lease. May be repeated: a lease that is held already is renewed. */
export async function takeLease(
  table: Table,
  name: string,
  holder: string,
  now: number,
  durationMs: number,
): Promise<boolean> {
  const until = now + durationMs;
  const attributes = {
    holder: { S: holder },
    until: { N: String(until) },
    [TTL_ATTRIBUTE]: { N: String(Math.ceil((until + KEPT_MS) / 1000)) },
  };
  const free = {
    expression: 'attribute_not_exists(#pk) OR #holder = :holder OR #until <= :now',
    names: { '#pk': 'pk', '#holder': 'holder', '#until': 'until' },
    values: { ':holder': attributes.holder, ':now': { N: String(now) } },
  };
  return (await putItem(table, leaseKey(name), attributes, free)).done;
}

export async function releaseLease(table: Table, name: string, holder: string): Promise<void> {
  await deleteItem(table, leaseKey(name), equal({ holder: { S: holder } }));
}

/** Who holds the lease at this time, if anybody. */
export async function leaseHolder(table: Table, name: string, now: number): Promise<string | undefined> {
  const item = await readItem(table, leaseKey(name));
  return item && numberOf(item, 'until') > now ? textOf(item, 'holder') : undefined;
}
