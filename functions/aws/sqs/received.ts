import type { Message } from '@aws-sdk/client-sqs';

/** A message as a worker takes it. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Valid until the message is received again. */
  readonly receiptHandle: string;
  readonly receiveCount: number;
  /** First enqueue, and first receive; milliseconds since the epoch. */
  readonly sentAt: number;
  readonly firstReceivedAt: number;
}

/** What has to be asked for besides the body. */
export const ASKED = {
  MessageAttributeNames: ['All'],
  MessageSystemAttributeNames: ['ApproximateReceiveCount', 'SentTimestamp', 'ApproximateFirstReceiveTimestamp'],
} as const;

/** Nothing for an answer without what every message has. */
export function receivedOf({ MessageId, Body, ReceiptHandle, ...rest }: Message): ReceivedMessage[] {
  if (MessageId === undefined || Body === undefined || ReceiptHandle === undefined) return [];
  const system = rest.Attributes ?? {};
  const values = Object.entries(rest.MessageAttributes ?? {});
  return [
    {
      messageId: MessageId,
      body: Body,
      receiptHandle: ReceiptHandle,
      attributes: Object.fromEntries(values.map(([name, { StringValue = '' }]) => [name, StringValue])),
      receiveCount: Number(system.ApproximateReceiveCount ?? 1),
      sentAt: Number(system.SentTimestamp ?? 0),
      firstReceivedAt: Number(system.ApproximateFirstReceiveTimestamp ?? 0),
    },
  ];
}
