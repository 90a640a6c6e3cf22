import { Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ENV } from '../functions/environment.ts';
import { SIZES } from './function.ts';
import { createDeadLetterQueue, WorkQueue } from './work-queue.ts';

export interface QueuesProps {
  readonly stack: string;
  readonly key: IKey | undefined;
  /** Whether uploads are announced. */
  readonly uploads: boolean;
}

/** All queues of a stack, each called `<stack>-<name>`. */
export class Queues extends Construct {
  /** Final failures of instances and files, and chunks that nobody could take. */
  readonly failures: Queue;
  /** Invocations of the supervisor that failed whenever they were tried: requests for jobs among them. */
  readonly requestsDeadLetters: Queue;
  readonly enumerate: WorkQueue;
  readonly transfer: WorkQueue;
  readonly import: WorkQueue;
  /** For a worker on a machine of the user's own: no function drains it. */
  readonly worker: WorkQueue;
  readonly uploads: WorkQueue | undefined;

  constructor(scope: Construct, id: string, { stack, key, uploads }: QueuesProps) {
    super(scope, id);
    const { enumerate, transfer, import: imports, uploads: taking } = SIZES;
    this.failures = createDeadLetterQueue(this, 'Failures', `${stack}-dead-letters`, key);
    this.requestsDeadLetters = createDeadLetterQueue(
      this,
      'RequestsDeadLetters',
      `${stack}-requests-dead-letters`,
      key,
    );
    Validations.of(this.requestsDeadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'it is a dead-letter queue itself: that of asynchronous invocations, which SQS does not know of',
    });
    const queue = (name: string, variable: string, consumer: { timeout: typeof enumerate.timeout }, failures?: Queue) =>
      new WorkQueue(this, name, {
        queueName: `${stack}-${name}`,
        variable,
        consumerTimeout: consumer.timeout,
        key,
        ...(failures && { deadLetterQueue: failures }),
      });
    this.enumerate = queue('enumerate', ENV.enumerateQueue, enumerate);
    this.transfer = queue('transfer', ENV.transferQueue, transfer, this.failures);
    this.import = queue('import', ENV.importQueue, imports, this.failures);
    this.worker = queue('worker', ENV.workerQueue, transfer);
    this.uploads = uploads ? queue('uploads', ENV.uploadsQueue, taking) : undefined;
  }

  /** Dead-letter queues of what no function could take, by name. */
  get deadLetterQueues(): Readonly<Record<string, Queue>> {
    return {
      enumerate: this.enumerate.deadLetterQueue,
      worker: this.worker.deadLetterQueue,
      requests: this.requestsDeadLetters,
      ...(this.uploads && { uploads: this.uploads.deadLetterQueue }),
    };
  }
}
