import { createHash, randomUUID } from 'node:crypto';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Deadline } from '../../functions/core/ports.ts';
import type { ReceivedMessage } from './message.ts';

/** What Lambda would hand to a function for these messages of a queue. */
export function sqsEvent(queueName: string, messages: readonly Omit<ReceivedMessage, 'position'>[]): SQSEvent {
  return { Records: messages.map((message) => sqsRecord(queueName, message)) };
}

function sqsRecord(queueName: string, message: Omit<ReceivedMessage, 'position'>): SQSRecord {
  const attributes = Object.entries(message.attributes);
  return {
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: 'local',
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: Object.fromEntries(
      attributes.map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
    md5OfBody: createHash('md5').update(message.body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:local:000000000000:${queueName}`,
    awsRegion: 'local',
  };
}

/** The context of one local invocation, whose time is that of the deadline. */
export function lambdaContext(functionName: string, deadline: Deadline): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:local:000000000000:function:${functionName}`,
    memoryLimitInMB: '0',
    awsRequestId: randomUUID(),
    logGroupName: 'local',
    logStreamName: 'local',
    getRemainingTimeInMillis: () => deadline.remainingMs(),
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}
