import type { MessageAttributeValue, SendMessageBatchRequestEntry } from '@aws-sdk/client-sqs';
import type { OutgoingMessage } from '../../core/ports.ts';

/** SendMessageBatch takes so many messages, and so many bytes in all (quotas of SQS; 1 MiB since August 2025, which an older queue's own limit may undercut). */
const MESSAGES_AT_ONCE = 10;
const BYTES_AT_ONCE = 256 * 1024;

/** A standard queue drops no duplicates: what they have in common goes along as an attribute of this name. */
export const DEDUPE_ATTRIBUTE = 'dedupeId';

/** Messages as SendMessageBatch takes them, in their order. `Id` is unique within all batches. */
export function batchesOf(messages: readonly OutgoingMessage[]): readonly (readonly SendMessageBatchRequestEntry[])[] {
  const batches: SendMessageBatchRequestEntry[][] = [];
  let bytes = Infinity;
  messages.forEach((message, index) => {
    const entry = entryOf(message, index);
    const size = sizeOf(entry);
    const batch = batches.at(-1);
    if (batch && batch.length < MESSAGES_AT_ONCE && bytes + size <= BYTES_AT_ONCE) {
      batch.push(entry);
      bytes += size;
      return;
    }
    batches.push([entry]);
    bytes = size;
  });
  return batches;
}

function entryOf({ body, delaySeconds, dedupeId, attributes }: OutgoingMessage, index: number) {
  const texts = { ...attributes, ...(dedupeId !== undefined && { [DEDUPE_ATTRIBUTE]: dedupeId }) };
  const values = Object.entries(texts).map(
    ([name, text]) => [name, { DataType: 'String', StringValue: text }] as const,
  );
  return {
    Id: String(index),
    MessageBody: body,
    ...(delaySeconds !== undefined && { DelaySeconds: delaySeconds }),
    ...(values.length > 0 && { MessageAttributes: Object.fromEntries<MessageAttributeValue>(values) }),
  };
}

/** Bytes that SQS counts: the body, and the names, types and values of attributes. */
function sizeOf({ MessageBody = '', MessageAttributes = {} }: SendMessageBatchRequestEntry): number {
  const attributes = Object.entries(MessageAttributes);
  const texts = attributes.flatMap(([name, { DataType = '', StringValue = '' }]) => [name, DataType, StringValue]);
  return [MessageBody, ...texts].reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}
