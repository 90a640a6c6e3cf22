import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { EventSourceMappingOptions, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** The longest that SQS keeps a message. */
const RETENTION = Duration.days(14);
/** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html: six times the timeout of the function. */
const VISIBILITY_PER_TIMEOUT = 6;
/**
 * Attempts are counted in the job store, which also says when one is the last. SQS counts deliveries, also those to a server that is away
 * (a hundred or so in a day, see functions/core/gates.ts) and those that Lambda throttles: it shall put aside only what no handler could
 * ever take. The largest number that it knows:
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
 */
const MAX_RECEIVE_COUNT = 1000;

export interface WorkQueueProps {
  readonly queueName: string;
  /** Environment variable with its URL. */
  readonly variable: string;
  /** Timeout of whoever works it off. */
  readonly consumerTimeout: Duration;
  /** Where what nobody could take goes; by default a queue of its own, `<name>-dead-letters`. */
  readonly deadLetterQueue?: Queue;
  readonly key: IKey | undefined;
}

/** How long a message stays hidden from others while one with this timeout works on it. */
export function visibilityFor(timeout: Duration): Duration {
  return Duration.seconds(timeout.toSeconds() * VISIBILITY_PER_TIMEOUT);
}

/** A queue for people to look into, kept as long as SQS can. */
export function createDeadLetterQueue(scope: Construct, id: string, queueName: string, key: IKey | undefined): Queue {
  return new Queue(scope, id, { queueName, retentionPeriod: RETENTION, ...encrypted(key) });
}

/** A standard queue and where its undeliverable messages go. Permission and environment variable are given in one step. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly #variable: string;

  constructor(scope: Construct, id: string, props: WorkQueueProps) {
    super(scope, id);
    const { queueName, variable, consumerTimeout, key } = props;
    this.#variable = variable;
    this.deadLetterQueue =
      props.deadLetterQueue ?? createDeadLetterQueue(this, 'DeadLetters', `${queueName}-dead-letters`, key);
    this.queue = new Queue(this, 'Queue', {
      queueName,
      visibilityTimeout: visibilityFor(consumerTimeout),
      retentionPeriod: RETENTION,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
      ...encrypted(key),
    });
  }

  /** Lets a function send here. */
  grantSend(sender: LambdaFunction): void {
    this.queue.grantSendMessages(sender);
    this.nameTo(sender);
  }

  /** Feeds a function with the messages, some of which it may give back. Returns the UUID of the event source mapping. */
  feed(consumer: LambdaFunction, options: Omit<SqsEventSourceProps, keyof EventSourceMappingOptions> & Feed): string {
    const source = new SqsEventSource(this.queue, { ...options, reportBatchItemFailures: true });
    consumer.addEventSource(source);
    this.nameTo(consumer);
    return source.eventSourceMappingId;
  }

  /** Says its URL to a function that only gives it on, or asks nothing but how much is in it. */
  nameTo(reader: LambdaFunction): void {
    reader.addEnvironment(this.#variable, this.queue.queueUrl);
  }
}

export interface Feed {
  readonly batchSize: number;
  /** How many containers take batches at a time, 2 at least: it holds back without throttles, which would count as deliveries. */
  readonly maxConcurrency?: number;
  readonly maxBatchingWindow?: Duration;
}

function encrypted(key: IKey | undefined) {
  return key
    ? { enforceSSL: true, encryption: QueueEncryption.KMS, encryptionMasterKey: key }
    : { enforceSSL: true, encryption: QueueEncryption.SQS_MANAGED };
}
