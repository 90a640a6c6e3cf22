import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { MigrationError } from '../../core/errors.ts';
import type { Key } from './keys.ts';
import { LAYOUT_VERSION } from './table.ts';

/** The attributes of an item, or some of them. */
export type Item = Readonly<Record<string, AttributeValue>>;

export const VERSION: AttributeValue = { N: String(LAYOUT_VERSION) };

export function attributesOfKey({ pk, sk }: Key): Record<string, AttributeValue> {
  return { pk: { S: pk }, sk: { S: sk } };
}

/** The item, if it has the layout that this code knows. Raises `STORE_NEWER_VERSION`. */
export function checkVersion(table: string, item: Item): Item {
  if (hasKnownLayout(item)) return item;
  const found = `${item.pk?.S} in the table ${table} has layout ${item.v?.N}, this version knows ${LAYOUT_VERSION}`;
  throw new MigrationError('STORE_NEWER_VERSION', `${found}; deploy the version that wrote it, or a newer one`);
}

export function hasKnownLayout(item: Item): boolean {
  return item.v?.N === VERSION.N;
}

export function numberOf(item: Item, name: string): number {
  const number = item[name]?.N;
  if (number === undefined) throw damaged(item, name);
  return Number(number);
}

export function textOf(item: Item, name: string): string {
  const text = item[name]?.S;
  if (text === undefined) throw damaged(item, name);
  return text;
}

/** An attribute that holds JSON. */
export function jsonOf<T>(item: Item, name: string): T {
  const text = textOf(item, name);
  try {
    return JSON.parse(text) as T;
  } catch {
    // Without the cause: it quotes the text.
    throw damaged(item, name);
  }
}

export function damaged(item: Item, name: string): MigrationError {
  const what = `the attribute ${name} of ${item.pk?.S} in the table of the job store is missing or damaged`;
  return new MigrationError(
    'STORE_DAMAGED',
    `${what}; restore the table to a point in time before that, or start the job anew`,
  );
}
