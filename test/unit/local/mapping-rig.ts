import { afterEach, beforeEach } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import { openDatabase } from '../../../cli/local/database.ts';
import { type BatchHandler, EventSourceMapping, type MappingOptions } from '../../../cli/local/event-source-mapping.ts';
import { SqliteQueue } from '../../../cli/local/work-queue.ts';
import type { Log } from '../../../functions/core/ports.ts';
import { ManualClock, settle } from '../../contract/manual-clock.ts';

const nothing = () => undefined;
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** A queue with maxReceiveCount 2, its dead-letter queue, and a mapping over it. */
export class MappingRig {
  readonly clock = new ManualClock();
  readonly database = openDatabase(':memory:');
  readonly queue = new SqliteQueue(this.database, this.clock, {
    name: 'transfer',
    redrive: { maxReceiveCount: 2, deadLetterQueue: 'dead' },
  });
  readonly dead = new SqliteQueue(this.database, this.clock, { name: 'dead' });
  remainingMs = 1234;
  mapping: EventSourceMapping | undefined;

  /** Batches of one, two at a time, visible again after 30 seconds. */
  start(handler: BatchHandler, options: Partial<MappingOptions> = {}): EventSourceMapping {
    this.mapping = new EventSourceMapping({
      queue: this.queue,
      handler,
      clock: this.clock,
      log,
      deadline: { remainingMs: () => this.remainingMs },
      batchSize: 1,
      concurrency: 2,
      visibilitySeconds: 30,
      ...options,
    });
    this.mapping.start();
    return this.mapping;
  }

  async send(...bodies: string[]): Promise<void> {
    await this.queue.send(bodies.map((body) => ({ body })));
    await settle();
  }

  left(): string[] {
    return this.queue.peek(100).map((message) => message.body);
  }
}

/** Gives the rig of the test that runs. Its mapping is stopped afterwards. */
export function mappingRig(): () => MappingRig {
  let rig = new MappingRig();
  beforeEach(() => {
    rig = new MappingRig();
  });
  afterEach(() => rig.mapping?.stop());
  return () => rig;
}

interface Call {
  readonly event: SQSEvent;
  readonly context: Context;
  /** Ends the invocation, naming these as failed. */
  end(failed?: readonly string[]): Promise<void>;
}

/** A handler whose invocations end when the test says so. */
export function heldHandler(): { readonly calls: readonly Call[]; readonly handler: BatchHandler } {
  const calls: Call[] = [];
  const handler: BatchHandler = (event, context) =>
    new Promise((resolve) => {
      const end = async (failed: readonly string[] = []) => {
        resolve({ batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) });
        await settle();
      };
      calls.push({ event, context, end });
    });
  return { calls, handler };
}
