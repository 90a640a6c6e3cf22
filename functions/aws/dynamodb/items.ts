import { randomBytes } from 'node:crypto';
import {
  type AttributeValue,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ABSENT_OR_KNOWN, type Condition } from './condition.ts';
import type { Key } from './keys.ts';
import { attributesOfKey, checkVersion, type Item, VERSION } from './stored.ts';
import { accepted, answerOf, type Table } from './table-access.ts';

/** What became of a conditional write. */
export interface Written {
  readonly done: boolean;
  /** What is stored then: after the write, or in its stead. */
  readonly item: Item | undefined;
}

/**
 * Marks one write. The SDK repeats a request whose answer was lost, and when the first one took effect the second finds its own
 * condition no longer fulfilled: by its token the caller then knows its own write.
 */
export function writeToken(): string {
  return randomBytes(6).toString('base64url');
}

/** Raises `STORE_NEWER_VERSION` and `STORE_UNAVAILABLE`, as all functions here do. */
export async function readItem(table: Table, key: Key): Promise<Item | undefined> {
  const request = new GetItemCommand({ TableName: table.name, Key: attributesOfKey(key), ConsistentRead: true });
  const { Item: item } = await answerOf(table, () => table.client.send(request));
  return item && checkVersion(table.name, item);
}

/** Stores an item in place of whatever is there, if the condition holds. */
export async function putItem(table: Table, key: Key, attributes: Item, condition: Condition): Promise<Written> {
  const token = writeToken();
  const item = { ...attributes, ...attributesOfKey(key), v: VERSION, token: { S: token } };
  const request = { TableName: table.name, Item: item, ...conditional(condition) };
  if (await accepted(table, () => table.client.send(new PutItemCommand(request)))) return { done: true, item };
  const stored = await readItem(table, key);
  return { done: stored?.token?.S === token, item: stored };
}

/**
 * Sets attributes of an item, if the condition holds, which an item that does not exist never fulfils. A write that took effect
 * although its answer was lost may be told as not done: callers know theirs by a token among the attributes, or may repeat it.
 */
export async function updateItem(table: Table, key: Key, attributes: Item, condition: Condition): Promise<Written> {
  const names = Object.keys(attributes);
  const { ExpressionAttributeNames, ExpressionAttributeValues, ...rest } = conditional(condition);
  const request = new UpdateItemCommand({
    ...{ TableName: table.name, Key: attributesOfKey(key), ReturnValues: 'ALL_NEW', ...rest },
    UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
    ExpressionAttributeNames: { ...ExpressionAttributeNames, ...Object.fromEntries(names.map((n) => [`#${n}`, n])) },
    ExpressionAttributeValues: {
      ...ExpressionAttributeValues,
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`:${name}`, value])),
    },
  });
  const answer = await accepted(table, () => table.client.send(request));
  if (answer) return { done: true, item: answer.Attributes && checkVersion(table.name, answer.Attributes) };
  return { done: false, item: await readItem(table, key) };
}

/** Deletes an item if the condition holds. */
export async function deleteItem(table: Table, key: Key, condition: Condition): Promise<void> {
  const request = { TableName: table.name, Key: attributesOfKey(key), ...conditional(condition) };
  await accepted(table, () => table.client.send(new DeleteItemCommand(request)));
}

/** The condition, and that nobody with a newer layout wrote the item. */
function conditional(condition: Condition) {
  const values: Record<string, AttributeValue> = { ...condition.values, ...ABSENT_OR_KNOWN.values };
  return {
    ConditionExpression: `(${ABSENT_OR_KNOWN.expression}) AND (${condition.expression})`,
    ExpressionAttributeNames: { ...condition.names, ...ABSENT_OR_KNOWN.names },
    ExpressionAttributeValues: values,
  };
}
