import { type AttributeValue, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { checkVersion, hasKnownLayout, type Item } from './stored.ts';
import { answerOf, type Table } from './table-access.ts';

/** Which part of a partition: from this sort key on, or what comes after it. */
export type Range = { readonly from: string } | { readonly after: string };

/** Items of a partition in the order of their sort keys, at most `limit`. Raises `STORE_NEWER_VERSION` and `STORE_UNAVAILABLE`. */
export async function queryItems(table: Table, pk: string, range?: Range, limit = Infinity): Promise<Item[]> {
  const found = await query(table, { ConsistentRead: true, ...partition(pk, range) }, limit);
  return found.map((item) => checkVersion(table.name, item));
}

/**
 * All items with this key in a global index of the same name, which follows the table within moments; those of another layout are
 * left alone. Raises `STORE_UNAVAILABLE`.
 */
export async function queryIndex(table: Table, index: string, key: string): Promise<Item[]> {
  const condition = {
    KeyConditionExpression: '#key = :key',
    ExpressionAttributeNames: { '#key': index },
    ExpressionAttributeValues: { ':key': { S: key } },
  };
  return (await query(table, { IndexName: index, ...condition }, Infinity)).filter(hasKnownLayout);
}

async function query(table: Table, which: Omit<QueryCommandInput, 'TableName'>, limit: number): Promise<Item[]> {
  const found: Item[] = [];
  let next: Record<string, AttributeValue> | undefined;
  // An answer ends at 1 MB, too.
  do {
    if (found.length >= limit) break;
    const request: QueryCommand = new QueryCommand({
      ...{ TableName: table.name, ...which },
      ...(limit < Infinity && { Limit: limit - found.length }),
      ...(next && { ExclusiveStartKey: next }),
    });
    const answer = await answerOf(table, () => table.client.send(request));
    found.push(...(answer.Items ?? []));
    next = answer.LastEvaluatedKey;
  } while (next);
  return found;
}

function partition(pk: string, range: Range | undefined) {
  if (!range)
    return {
      KeyConditionExpression: '#pk = :pk',
      ExpressionAttributeNames: { '#pk': 'pk' },
      ExpressionAttributeValues: { ':pk': { S: pk } },
    };
  const [comparison, sk] = 'from' in range ? ['>=', range.from] : ['>', range.after];
  return {
    KeyConditionExpression: `#pk = :pk AND #sk ${comparison} :sk`,
    ExpressionAttributeNames: { '#pk': 'pk', '#sk': 'sk' },
    ExpressionAttributeValues: { ':pk': { S: pk }, ':sk': { S: sk } },
  };
}
