import type { Side } from '../core/answer.ts';
import type { EndpointName, ItemId } from '../core/ids.ts';
import type { Job } from '../core/job.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import type { Verdict } from '../core/verdict.ts';
import type { OrthancServer, Servers } from '../orthanc/server.ts';
import { TransferPool } from './pool.ts';
import { Streak } from './streak.ts';

/** How a worker spaces its own quick retries, and when attempts run out. */
export interface RetryPolicy {
  /** Tries of one request within one attempt. */
  readonly quickTries: number;
  /** Before the second try; doubled before each further one. Milliseconds. */
  readonly quickDelayMs: number;
  /** Attempts that count, over all rounds; after the last one a failure is final. */
  readonly attempts: number;
}

const DEFAULT_RETRIES: RetryPolicy = { quickTries: 3, quickDelayMs: 250, attempts: 5 };

export interface WorkerOptions {
  readonly retries?: RetryPolicy;
  /** How many processes like this one share the limits of a target; 1. */
  readonly sharers?: (target: EndpointName) => number;
  /** A single item larger than this (bytes) is not for this process; no bound. */
  readonly largest?: number;
  /** Whether this process is ended at the deadline of an invocation, whatever it does then; it is not. */
  readonly endsAtDeadline?: boolean;
}

/** What one process keeps for all chunks that it transfers. */
export class TransferWorker {
  readonly ports: Ports;
  readonly servers: Servers;
  readonly retries: RetryPolicy;
  readonly largest: number;
  readonly endsAtDeadline: boolean;
  readonly #sharers: (target: EndpointName) => number;
  readonly #pools = new Map<EndpointName, TransferPool>();
  readonly #streaks = new Map<EndpointName, Streak>();

  constructor(ports: Ports, servers: Servers, options: WorkerOptions = {}) {
    this.ports = ports;
    this.servers = servers;
    this.retries = options.retries ?? DEFAULT_RETRIES;
    this.largest = options.largest ?? Number.POSITIVE_INFINITY;
    this.endsAtDeadline = options.endsAtDeadline ?? false;
    this.#sharers = options.sharers ?? (() => 1);
  }

  pool(target: EndpointName): TransferPool {
    const known = this.#pools.get(target);
    if (known) return known;
    const pool = new TransferPool(this.ports.clock, this.#sharers(target));
    this.#pools.set(target, pool);
    return pool;
  }

  streak(endpoint: EndpointName): Streak {
    const known = this.#streaks.get(endpoint);
    if (known) return known;
    const streak = new Streak();
    this.#streaks.set(endpoint, streak);
    return streak;
  }
}

/** An endpoint that cannot take work now: the chunk goes back to the queue and the endpoint's gate closes. */
export interface Blockage {
  readonly side: Side;
  readonly gate: NonNullable<Verdict['gate']>;
  readonly message: string;
  /** The target broke down while it was being sent something. */
  readonly crashed: boolean;
}

/** One attempt at one chunk: what all its steps need, and whether they should stop. */
export interface Attempt {
  readonly worker: TransferWorker;
  readonly job: Job;
  readonly deadline: Deadline;
  /** Where the process is ended at a deadline, aborted shortly before: what is on its way is given up in order, for dying costs more. */
  readonly over?: AbortSignal;
  /** Absent where the source is a dump. */
  readonly source?: OrthancServer;
  readonly target: OrthancServer;
  readonly pool: TransferPool;
  /** An attempt before this one may have sent anything. */
  readonly repeated: boolean;
  readonly lastChance: boolean;
  /** Names this attempt where it takes the target for itself. */
  readonly holder: string;
  readonly condemned: Set<ItemId>;
  /** In careful mode: the one item that is being sent. */
  onTheWire: ItemId | undefined;
  /** Whether the target took anything. */
  hasStored: boolean;
  /** Set by an error that is no outcome: nothing more is started after it. */
  hasFailed: boolean;
  /** Set once: nothing more is started after it. */
  blockage: Blockage | undefined;
}

export function endpointName(attempt: Attempt, side: Side): EndpointName {
  return side === 'source' ? attempt.job.source : attempt.job.target;
}

/** The server on that side. A dump has none: nothing of an import blames it. */
export function serverOf({ source, target }: Attempt, side: Side): OrthancServer {
  return side === 'source' && source ? source : target;
}
