import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Clock, DeadLetterQueue, OutgoingMessage } from '../../core/ports.ts';
import { awsError } from '../aws-error.ts';
import { batchesOf } from './batches.ts';
import { discard } from './discard.ts';
import { isGone } from './handle.ts';
import { ASKED, type ReceivedMessage, receivedOf } from './received.ts';
import { sendBatch } from './send-batch.ts';

export interface SqsQueueOptions {
  readonly client: SQSClient;
  readonly url: string;
  readonly name: string;
  readonly clock: Clock;
}

/** A standard queue of SQS. What it cannot do after a few tries raises `QUEUE_UNAVAILABLE`. */
export class SqsQueue implements DeadLetterQueue {
  readonly name: string;
  readonly #client: SQSClient;
  readonly #url: string;
  readonly #clock: Clock;

  constructor({ client, url, name, clock }: SqsQueueOptions) {
    this.name = name;
    this.#client = client;
    this.#url = url;
    this.#clock = clock;
  }

  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    for (const batch of batchesOf(messages))
      await this.#try('cannot be written to', () => sendBatch(this.#client, this.#clock, this.#url, batch));
  }

  /** Both numbers lag behind by up to a minute (SQS adds them up over its servers). */
  async depth(): Promise<{ visible: number; inFlight: number }> {
    const { Attributes = {} } = await this.#try('cannot be counted', () =>
      this.#client.send(
        new GetQueueAttributesCommand({
          QueueUrl: this.#url,
          AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
        }),
      ),
    );
    return {
      visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
      inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
    };
  }

  async changeVisibility(receiptHandle: string, seconds: number): Promise<void> {
    const handle = { QueueUrl: this.#url, ReceiptHandle: receiptHandle };
    const change = new ChangeMessageVisibilityCommand({ ...handle, VisibilityTimeout: seconds });
    await this.#try('cannot give back a message', () => this.#client.send(change).catch(unlessGone));
  }

  /** Takes up to 10 messages, hidden from others for so long; waits up to 20 s for the first, or until the signal is aborted. */
  async receive(
    max: number,
    visibilitySeconds: number,
    waitSeconds = 0,
    abortSignal?: AbortSignal,
  ): Promise<readonly ReceivedMessage[]> {
    const command = new ReceiveMessageCommand({
      QueueUrl: this.#url,
      MaxNumberOfMessages: max,
      VisibilityTimeout: visibilitySeconds,
      WaitTimeSeconds: waitSeconds,
      MessageAttributeNames: [...ASKED.MessageAttributeNames],
      MessageSystemAttributeNames: [...ASKED.MessageSystemAttributeNames],
    });
    const { Messages = [] } = await this.#try('cannot be read', () =>
      this.#client.send(command, abortSignal && { abortSignal }),
    );
    return Messages.flatMap(receivedOf);
  }

  /** Does nothing when the receipt handle is no longer valid. */
  async delete(receiptHandle: string): Promise<void> {
    const command = new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle: receiptHandle });
    await this.#try('cannot delete a message', () => this.#client.send(command).catch(unlessGone));
  }

  /**
   * As far as SQS hands the messages out: it deletes only what it has handed out, and hands out at random. What is left does no harm,
   * since redriving a message whose failure is gone does nothing.
   */
  async discard(dedupeIds: readonly string[]): Promise<void> {
    await discard(this, dedupeIds);
  }

  async #try<T>(what: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw awsError('QUEUE_UNAVAILABLE', `queue ${this.name} ${what}`, error);
    }
  }
}

function unlessGone(error: unknown): void {
  if (!isGone(error)) throw error;
}
