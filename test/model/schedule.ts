import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { openDatabase } from '../../cli/local/database.ts';
import { SqliteJobStore } from '../../cli/local/job-store.ts';
import { SqliteQueue } from '../../cli/local/work-queue.ts';
import { TransferWorker } from '../../functions/attempt/worker.ts';
import type { SqsHandler } from '../../functions/batch/records.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { createHandler as createEnumerate } from '../../functions/enumerate/handler.ts';
import { createHandler as createImport } from '../../functions/import/handler.ts';
import { DEFAULT_SETTINGS } from '../../functions/supervise/settings.ts';
import { superviseAll } from '../../functions/supervise/tick.ts';
import { createHandler as createTransfer } from '../../functions/transfer/handler.ts';
import { ManualClock } from '../contract/manual-clock.ts';
import { Calls } from './calls.ts';
import { MemoryObjects } from './memory-objects.ts';
import { Died, type Life, mortalPorts } from './process.ts';
import type { Random } from './random.ts';
import { simulatedDumps } from './simulated-dump.ts';
import { simulatedServers } from './simulated-servers.ts';
import type { World } from './world.ts';

const SETTINGS = { ...DEFAULT_SETTINGS, idleAfterMs: 300_000, longestAttemptMs: 600_000, lastRound: 12 };
const VISIBILITY_SECONDS = 60;
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** How often the world misbehaves, each between 0 and 1. */
export interface Weather {
  readonly crash: number;
  readonly duplicate: number;
  readonly lose: number;
}

export const CALM: Weather = { crash: 0, duplicate: 0, lose: 0 };

interface Process {
  readonly done: Promise<void>;
  ended: boolean;
}

/** Adapters in place of the local ones. The queues are always those whose time the schedule controls. */
export interface Adapters extends Partial<Pick<Ports, 'store' | 'objects'>> {
  /** Calls that go on at once at most; default 1. Those that take several requests then overtake each other. */
  readonly together?: number;
}

/** Runs the handlers as concurrent mortal processes on real adapters, in an order drawn from a seed. */
export class Schedule {
  readonly random: Random;
  readonly world: World;
  readonly clock = new ManualClock();
  readonly ports: Ports;
  readonly transferQueue: SqliteQueue;
  readonly importQueue: SqliteQueue;
  readonly enumerateQueue: SqliteQueue;
  readonly deadLetters: SqliteQueue;
  weather: Weather = CALM;
  readonly #waiting: (() => void)[] = [];
  readonly #processes = new Set<Process>();
  readonly #calls = new Calls();
  readonly #together: number;
  readonly unexpected: unknown[] = [];
  crashes = 0;

  constructor(random: Random, world: World, adapters: Adapters = {}) {
    this.random = random;
    this.world = world;
    this.#together = adapters.together ?? 1;
    const database = openDatabase(':memory:');
    const queue = (name: string) =>
      new SqliteQueue(database, this.clock, {
        name,
        redrive: { maxReceiveCount: 10_000, deadLetterQueue: 'unhandled' },
      });
    this.transferQueue = queue('transfer');
    this.importQueue = queue('import');
    this.enumerateQueue = queue('enumerate');
    this.deadLetters = queue('dead-letter');
    this.ports = {
      store: adapters.store ?? new SqliteJobStore(database),
      objects: adapters.objects ?? new MemoryObjects(),
      endpoints: { endpoint: async () => Promise.reject(new Error('unused')) },
      clock: this.clock,
      log: QUIET,
      queues: {
        enumerate: this.enumerateQueue,
        transfer: this.transferQueue,
        import: this.importQueue,
        deadLetter: this.deadLetters,
      },
    };
  }

  /** Processes alive. */
  get alive(): number {
    return this.#processes.size;
  }

  tick(): void {
    this.#spawn((life) =>
      superviseAll(
        mortalPorts(this.ports, life),
        simulatedServers(this.world, () => life.turn()),
        SETTINGS,
      ),
    );
  }

  /** Lets a process of the world outside do something through the ports; it may die of it. */
  run(work: (ports: Ports) => Promise<void>): void {
    this.#spawn((life) => work(mortalPorts(this.ports, life)));
  }

  /** Delivers one message of a queue to its handler, if one is visible. Returns whether there was one. */
  deliver(queue: SqliteQueue): boolean {
    // Reordering: any of the visible ones.
    const received = queue.receive(1 + this.random.below(4), VISIBILITY_SECONDS);
    for (const message of received) {
      if (this.random.chance(this.weather.lose)) {
        queue.delete(message.receiptHandle);
        continue;
      }
      const copies = this.random.chance(this.weather.duplicate) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1)
        this.#handle(queue, message.messageId, message.receiptHandle, message.body);
    }
    return received.length > 0;
  }

  /** Lets a waiting call of a process go on, or several. Returns whether there was one. */
  async step(): Promise<boolean> {
    const most = this.#together === 1 ? 1 : 1 + this.random.below(this.#together);
    const going = Math.min(most, this.#waiting.length);
    for (let n = 0; n < going; n += 1) this.#waiting.splice(this.random.below(this.#waiting.length), 1)[0]?.();
    await this.#settled();
    return going > 0;
  }

  /** Lets all processes go on until each has ended or waits for time to pass. */
  async drain(): Promise<void> {
    while (this.#processes.size > 0) if (!(await this.step())) await this.clock.advance(1000);
  }

  #handle(queue: SqliteQueue, messageId: string, receiptHandle: string, body: string): void {
    this.#spawn(async (life) => {
      const handler = this.#handlerOf(queue, life);
      const record = { messageId, receiptHandle, body } as SQSRecord;
      const event: SQSEvent = { Records: [record] };
      const result = await handler(event, { getRemainingTimeInMillis: this.#deadline() } as Context);
      if (life.dead) return;
      if (result.batchItemFailures.length === 0) queue.delete(receiptHandle);
    });
  }

  #handlerOf(queue: SqliteQueue, life: Life): SqsHandler {
    const ports = mortalPorts(this.ports, life);
    const turn = () => life.turn();
    const servers = simulatedServers(this.world, turn);
    const dumps = simulatedDumps(this.world.dump, turn);
    if (queue === this.enumerateQueue) return createEnumerate(ports, { servers, dumps });
    const worker = new TransferWorker(ports, servers);
    return queue === this.importQueue ? createImport(worker, dumps) : createTransfer(worker);
  }

  /** Time that runs short at any moment, in some invocations more often than in others: pages end early, files are put off. */
  #deadline(): () => number {
    const hurry = this.random.below(3) / 10;
    const shortest = this.weather === CALM ? 15_000 : 5_000;
    return () => (this.random.chance(hurry) ? this.random.pick([shortest, 15_000]) : 600_000);
  }

  #spawn(run: (life: Life) => Promise<void>): void {
    let dead = false;
    const life: Life = {
      calls: this.#calls,
      get dead() {
        return dead;
      },
      turn: async () => {
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
        if (!dead && this.random.chance(this.weather.crash)) {
          dead = true;
          this.crashes += 1;
        }
        if (dead) throw new Died();
      },
    };
    const process: Process = { ended: false, done: Promise.resolve() };
    this.#processes.add(process);
    run(life)
      .catch((error: unknown) => {
        if (!dead && !(error instanceof Died)) this.unexpected.push(error);
      })
      .finally(() => this.#processes.delete(process));
  }

  /** Returns once every process waits for its turn or for time to pass, and no call is under way. */
  async #settled(): Promise<void> {
    do {
      await this.#calls.allEnded();
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.#calls.underWay > 0);
  }
}
