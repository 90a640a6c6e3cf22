import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsError } from '../aws-error.ts';

export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
}

/** What a request answers. Raises `STORE_UNAVAILABLE` once the client has tried as often as it was told to. */
export async function answerOf<T>({ name }: Table, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw awsError('STORE_UNAVAILABLE', `the table ${name} cannot be used`, error);
  }
}

/** What a conditional request answers; `undefined` when its condition did not hold. */
export async function accepted<T>(table: Table, send: () => Promise<T>): Promise<T | undefined> {
  return answerOf(table, async () => {
    try {
      return await send();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  });
}
