import type { Side } from '../../core/answer.ts';
import { Connection } from './connection.ts';
import type { Dialer } from './wire.ts';

/** Connections in use at once: below Orthanc's HttpThreadsCount (50 by default), as each one holds a thread there. */
const MOST_IN_USE = 32;

/** The kept-alive connections to one server. */
export class Pool {
  readonly #side: Side;
  readonly #dialer: Dialer;
  readonly #bufferBytes: number;
  readonly #keepMs: number;
  readonly #all = new Set<Connection>();
  /** The most recently used is last and is taken first, so that the others grow old and are ended. */
  #idle: Connection[] = [];
  readonly #waiting = new Set<PromiseWithResolvers<void>>();
  #closed: Error | undefined;

  constructor(side: Side, dialer: Dialer, bufferBytes: number, keepMs: number) {
    this.#side = side;
    this.#dialer = dialer;
    this.#bufferBytes = bufferBytes;
    this.#keepMs = keepMs;
  }

  /** Connections that exist, idle ones included. */
  get size(): number {
    return this.#all.size;
  }

  /** Whether one more connection may be used. */
  get hasRoom(): boolean {
    return this.#closed !== undefined || this.inUse < MOST_IN_USE;
  }

  /** Connections with a request under way. */
  get inUse(): number {
    return this.#all.size - this.#idle.length;
  }

  /** Waits until there may be room; whoever is quicker may have taken it. What `aborted` rejects with ends the wait. */
  async turn(aborted: Promise<never> | undefined): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#waiting.add(turn);
    try {
      await (aborted ? Promise.race([turn.promise, aborted]) : turn.promise);
    } catch (error) {
      // Whoever comes next may have been passed over for this one.
      if (!this.#waiting.delete(turn)) this.#callNext();
      throw error;
    }
  }

  /** An idle connection, or a new one that still has to be `connected` (then `reused` is false). */
  take(fresh: boolean): Connection {
    if (this.#closed) throw this.#closed;
    const connection = (fresh ? undefined : this.#takeIdle()) ?? this.#open();
    connection.begin();
    return connection;
  }

  /** Gives back a connection after a complete answer; keeps it if another request may follow. */
  giveBack(connection: Connection): void {
    const { parser } = connection;
    if (this.#closed || !connection.wire.usable || !parser.head.keepAlive || parser.surplus) {
      connection.lose('reset', 'not kept');
      return;
    }
    connection.park();
    this.#idle.push(connection);
    this.#callNext();
  }

  /** Ends what waited too long. */
  sweep(now: number): void {
    for (const connection of this.#all) connection.wire.checkDeadlines(now);
    const old = this.#idle.filter((connection) => connection.idleFor(this.#keepMs));
    for (const connection of old) connection.lose('timeout', 'idle');
  }

  /** Ends every connection; who still waits for one is rejected with `reason`. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const connection of this.#all) connection.wire.destroy(reason);
    for (const turn of this.#waiting) turn.resolve();
    this.#waiting.clear();
  }

  #callNext(): void {
    const [next] = this.#waiting;
    if (!next) return;
    this.#waiting.delete(next);
    next.resolve();
  }

  #takeIdle(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop();
      if (!connection || (connection.wire.usable && !connection.idleFor(this.#keepMs))) return connection;
      connection.lose('timeout', 'idle');
    }
  }

  #open(): Connection {
    const connection = new Connection(this.#side, this.#dialer, this.#bufferBytes, (gone) => this.#forget(gone));
    this.#all.add(connection);
    return connection;
  }

  #forget(connection: Connection): void {
    this.#all.delete(connection);
    this.#idle = this.#idle.filter((other) => other !== connection);
    this.#callNext();
  }
}
