import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { MigrationError, messageOf } from '../../functions/core/errors.ts';
import type { Clock, Deadline, Log } from '../../functions/core/ports.ts';
import type { ReceivedMessage } from './message.ts';
import { lambdaContext, sqsEvent } from './sqs-event.ts';
import type { SqliteQueue } from './work-queue.ts';

export type BatchHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse | undefined>;

export interface MappingOptions {
  readonly queue: SqliteQueue;
  readonly handler: BatchHandler;
  readonly clock: Clock;
  readonly log: Log;
  /** What the handlers see as their remaining time. */
  readonly deadline: Deadline;
  /** Messages of one invocation at most. */
  readonly batchSize: number;
  /** Invocations at a time. */
  readonly concurrency: number;
  /** How soon a message comes again after its handler failed or this process died; prolonged while the handler runs. */
  readonly visibilitySeconds: number;
  /** How often the queue is looked at when nothing was sent by this process, milliseconds; 250. */
  readonly pollMs?: number;
  /** Nothing is received while this is false. */
  readonly enabled?: () => boolean;
  /** The queue itself fails: nothing is received from then on. */
  readonly onError?: (error: unknown) => void;
}

interface Batch {
  readonly messages: readonly ReceivedMessage[];
  /** When its messages were last prolonged. */
  beatAt: number;
}

/** Feeds a queue's messages to a Lambda handler as SQS and Lambda would do it. */
export class EventSourceMapping {
  readonly #options: MappingOptions;
  readonly #batches = new Set<Batch>();
  readonly #beatMs: number;
  #stopping = false;
  #loop: Promise<void> | undefined;
  #pause = new AbortController();

  constructor(options: MappingOptions) {
    this.#options = options;
    this.#beatMs = (options.visibilitySeconds * 1000) / 3;
  }

  /** Invocations under way. */
  get running(): number {
    return this.#batches.size;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Receives no more, and returns when the running handlers have. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#pause.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const unsubscribe = this.#options.queue.subscribe(() => this.#pause.abort());
    const pauseMs = Math.min(this.#options.pollMs ?? 250, this.#beatMs);
    while (!this.#stopping || this.#batches.size > 0) {
      if (this.#turn()) continue;
      this.#pause = new AbortController();
      await this.#options.clock.sleep(pauseMs, this.#pause.signal);
    }
    unsubscribe();
  }

  /** Whether it received something, so that there may be more. */
  #turn(): boolean {
    const { queue, clock, batchSize, concurrency, visibilitySeconds, enabled } = this.#options;
    try {
      // Before receiving: after a machine's sleep, the running messages are overdue and would be received a second time.
      this.#beat();
      if (this.#stopping || this.#batches.size >= concurrency || enabled?.() === false) return false;
      const messages = queue.receive(batchSize, visibilitySeconds);
      if (messages.length === 0) return false;
      void this.#process({ messages, beatAt: clock.now() });
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  #beat(): void {
    const { queue, clock, visibilitySeconds } = this.#options;
    const now = clock.now();
    for (const batch of this.#batches) {
      if (now - batch.beatAt < this.#beatMs) continue;
      for (const message of batch.messages) queue.extend(message.receiptHandle, visibilitySeconds);
      batch.beatAt = now;
    }
  }

  async #process(batch: Batch): Promise<void> {
    this.#batches.add(batch);
    try {
      const failed = await this.#failed(batch.messages);
      // What failed stays, and becomes visible when its visibility ends.
      for (const message of batch.messages)
        if (!failed.has(message.messageId)) this.#options.queue.delete(message.receiptHandle);
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#batches.delete(batch);
      this.#pause.abort();
    }
  }

  /** Invokes the handler. Returns the ids of the messages that it did not do. */
  async #failed(messages: readonly ReceivedMessage[]): Promise<ReadonlySet<string>> {
    const { queue, handler, deadline, log } = this.#options;
    const all = new Set(messages.map((message) => message.messageId));
    try {
      const response = await handler(sqsEvent(queue.name, messages), lambdaContext(queue.name, deadline));
      const failed = new Set(response?.batchItemFailures?.map((failure) => failure.itemIdentifier));
      // As Lambda does: an answer that names anything else is not understood, and the whole batch comes again.
      return [...failed].every((id) => all.has(id)) ? failed : all;
    } catch (error) {
      const code = error instanceof MigrationError ? error.code : 'UNEXPECTED';
      log.error({ queue: queue.name, messages: messages.length, code }, messageOf(error));
      return all;
    }
  }

  #fail(error: unknown): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#options.log.error({ queue: this.#options.queue.name }, messageOf(error));
    this.#options.onError?.(error);
  }
}
