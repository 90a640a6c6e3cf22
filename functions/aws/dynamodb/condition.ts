import { type Item, VERSION } from './stored.ts';

/** A condition of a write, with every name in it written as `#name` since many are reserved words. */
export interface Condition {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values?: Item;
}

/** There is no such item. */
export const ABSENT: Condition = { expression: 'attribute_not_exists(#pk)', names: { '#pk': 'pk' } };

/** There is no such item, or one of the layout that this code knows. */
export const ABSENT_OR_KNOWN: Condition = {
  expression: 'attribute_not_exists(#v) OR #v = :is_v',
  names: { '#v': 'v' },
  values: { ':is_v': VERSION },
};

/** There is an item with exactly these attributes among its own. */
export function equal(attributes: Item): Condition {
  const entries = Object.entries(attributes);
  return {
    expression: entries.map(([name]) => `#${name} = :is_${name}`).join(' AND '),
    names: Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
    values: Object.fromEntries(entries.map(([name, value]) => [`:is_${name}`, value])),
  };
}
