import type { Side } from '../../core/answer.ts';
import type { Endpoint } from '../../core/endpoint.ts';
import { type Answer, readBody, readHead } from './answer.ts';
import { Lost } from './lost.ts';
import { limitsOf } from './options.ts';
import { peerOf } from './peer.ts';

/** Requests sent at once on a connection, before the first answer: on a long line most of the time is waiting. */
const AT_ONCE = 8;
const CONNECTIONS = 8;
const BUFFER_BYTES = 16 * 1024;
const SWEEP_MS = 250;

/**
 * Asks a server many small questions (GET) over plain sockets, several at once on each connection: a third of the CPU time of an HTTP
 * library, and a fraction of the waiting. Whatever does not go well is left to others: answers that are missing are no statement.
 */
export class Batches {
  readonly #peer;
  readonly #limits = limitsOf({ answerMs: 20_000, idleMs: 20_000 });
  readonly #sweeper: NodeJS.Timeout;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(endpoint: Endpoint, side: Side) {
    this.#peer = peerOf(side, endpoint, BUFFER_BYTES, this.#limits.keepMs, undefined);
    this.#sweeper = setInterval(() => this.#peer.pool.sweep(performance.now()), SWEEP_MS).unref();
  }

  /** Calls `onAnswer` for each whole answer with the index of its path. `false`: something else than answers came. */
  async ask(paths: readonly string[], onAnswer: (index: number, answer: Answer) => void): Promise<boolean> {
    const batches = Array.from({ length: Math.ceil(paths.length / AT_ONCE) }, (_, index) => index * AT_ONCE);
    const wentWell = await Promise.all(
      batches.map((from) =>
        this.#inTurn(() =>
          this.#exchange(paths.slice(from, from + AT_ONCE), (index, answer) => onAnswer(from + index, answer)),
        ),
      ),
    );
    return !wentWell.includes(false);
  }

  close(): void {
    clearInterval(this.#sweeper);
    this.#peer.pool.close(new Error('the connections are closed'));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= CONNECTIONS) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running += 1;
    try {
      return await work();
    } finally {
      // Whoever is next takes over this turn.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }

  async #exchange(paths: readonly string[], onAnswer: (index: number, answer: Answer) => void): Promise<boolean> {
    const { pool, requests } = this.#peer;
    const connection = pool.take(false);
    try {
      if (!connection.reused) await connection.wire.connected(this.#limits.connectMs);
      connection.wire.write(paths.map((path) => requests.question(path)).join(''));
      connection.wire.waitUpTo(this.#limits.answerMs);
      for (const index of paths.keys()) {
        connection.parser.reset();
        await readHead(connection);
        const answer = await readBody(connection);
        if (!answer.whole) throw connection.lose('protocol', 'answer too long');
        onAnswer(index, answer);
        const isLast = index === paths.length - 1;
        if (!isLast && !answer.head.keepAlive) throw connection.lose('reset', 'not kept');
      }
      pool.giveBack(connection);
      return true;
    } catch (error) {
      // A kept-alive connection that the server closed says nothing; anything else may be a gateway that does not like batches.
      if (error instanceof Lost) return connection.reused && error.breakage.cause === 'reset';
      connection.wire.destroy(error);
      throw error;
    }
  }
}
