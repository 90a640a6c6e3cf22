import type { Message } from '@aws-sdk/client-sqs';

/** What Lambda hands to a function for messages of a queue. */
export function sqsEvent(queueArn: string, messages: readonly Message[]): object {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId,
      receiptHandle: message.ReceiptHandle,
      body: message.Body,
      attributes: message.Attributes ?? {},
      messageAttributes: Object.fromEntries(
        Object.entries(message.MessageAttributes ?? {}).map(([name, { StringValue, DataType }]) => [
          name,
          { stringValue: StringValue, stringListValues: [], binaryListValues: [], dataType: DataType },
        ]),
      ),
      md5OfBody: message.MD5OfBody,
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn,
      awsRegion: queueArn.split(':')[3],
    })),
  };
}
