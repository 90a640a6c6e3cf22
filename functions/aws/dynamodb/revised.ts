import { ABSENT, equal } from './condition.ts';
import { putItem, readItem } from './items.ts';
import type { Key } from './keys.ts';
import { type Item, jsonOf } from './stored.ts';
import type { Table } from './table-access.ts';

/** What is changed only by compare-and-set on its revision. */
interface Revised {
  readonly revision: number;
}

export async function readRevised<T extends Revised>(table: Table, key: Key): Promise<T | undefined> {
  const item = await readItem(table, key);
  return item && jsonOf<T>(item, 'body');
}

/** `false` when the key is taken. `others`: attributes beside. */
export async function createRevised(table: Table, key: Key, first: Revised, others: Item = {}): Promise<boolean> {
  return (await putItem(table, key, { ...others, ...encoded(first) }, ABSENT)).done;
}

/** Stores `next` with `revision + 1` if the stored revision is that of `next`, and these attributes beside. */
export async function updateRevised(table: Table, key: Key, next: Revised, others: Item = {}): Promise<boolean> {
  const stored = equal({ revision: { N: String(next.revision) } });
  const item = { ...others, ...encoded({ ...next, revision: next.revision + 1 }) };
  return (await putItem(table, key, item, stored)).done;
}

/** The same, where revision 0 says that none is stored. */
export async function setRevised(table: Table, key: Key, next: Revised): Promise<boolean> {
  return next.revision === 0 ? createRevised(table, key, { ...next, revision: 1 }) : updateRevised(table, key, next);
}

function encoded(value: Revised): Item {
  return { revision: { N: String(value.revision) }, body: { S: JSON.stringify(value) } };
}
