import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';

export interface Depth {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

export async function depthOf(sqs: SQSClient, queueUrl: string): Promise<Depth> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible),
    delayed: Number(Attributes.ApproximateNumberOfMessagesDelayed),
  };
}

export async function sendTo(sqs: SQSClient, queueUrl: string, body: string): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
}

/** Takes away whatever can be received now; the bodies. */
export async function drain(sqs: SQSClient, queueUrl: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return bodies;
    for (const { Body = '', ReceiptHandle } of Messages) {
      bodies.push(Body);
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

/** Moves each message to the queue that is chosen for it, with all that it carries, as a redrive does. */
export async function redrive(sqs: SQSClient, queueUrl: string, choose: (body: string) => string): Promise<void> {
  for (const { Body = '', MessageAttributes, ReceiptHandle } of await receiveAll(sqs, queueUrl)) {
    await sqs.send(new SendMessageCommand({ QueueUrl: choose(Body), MessageBody: Body, MessageAttributes }));
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
}

/** What can be received now; it is put back at once. */
export async function peek(sqs: SQSClient, queueUrl: string): Promise<string[]> {
  const seen = await receiveAll(sqs, queueUrl);
  for (const { ReceiptHandle } of seen)
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  return seen.map(({ Body = '' }) => Body);
}

async function receiveAll(sqs: SQSClient, queueUrl: string): Promise<readonly Message[]> {
  const seen: Message[] = [];
  for (;;) {
    const request = {
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 600,
      MessageAttributeNames: ['All'],
    };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(request));
    if (Messages.length === 0) return seen;
    seen.push(...Messages);
  }
}
