import { type Answer, readBody, readHead } from './answer.ts';
import type { Connection } from './connection.ts';
import { answerPatience, type Limits } from './options.ts';

/**
 * One POST /instances on its way. The answer is read from the beginning on: a server that refuses (413, 401, 507) does so
 * before it has the body, and may reset the connection once it was sent more.
 */
export class Posting {
  readonly connection: Connection;
  /** Raises `Lost`. */
  readonly answer: Promise<Answer>;
  /** Whether the answer came, or the connection broke, while the body was not yet complete. */
  interrupted = false;
  /** Whether the kernel has the last byte: from then on the instance may be stored. */
  complete = false;
  readonly #limits: Limits;
  readonly #bytes: number;
  #head: string;

  /** @param onInterrupted is called once when `interrupted` becomes true. */
  constructor(connection: Connection, head: string, bytes: number, limits: Limits, onInterrupted?: () => void) {
    this.connection = connection;
    this.#head = head;
    this.#bytes = bytes;
    this.#limits = limits;
    this.answer = this.#read();
    const settled = () => {
      if (this.complete) return;
      this.interrupted = true;
      // Ends the wait of a `write` that the server will not take.
      connection.wire.destroy(new Error('the rest of the body is not wanted'));
      onInterrupted?.();
    };
    this.answer.then(settled, settled);
  }

  /** Sends a piece of the body, the request's head before the first; waits until its bytes may be overwritten. */
  async write(bytes: Buffer, last: boolean): Promise<void> {
    const flushed = this.connection.wire.write(this.#head, bytes);
    this.#head = '';
    if (!flushed) await this.connection.wire.flushed(this.#limits.idleMs);
    if (!last) return;
    this.complete = true;
    this.connection.wire.waitUpTo(answerPatience(this.#limits, this.#bytes));
  }

  async #read(): Promise<Answer> {
    const { connection } = this;
    // Until the body is complete it is not the target that is waited for.
    connection.wire.waitUpTo(Number.POSITIVE_INFINITY);
    await readHead(connection);
    connection.wire.waitUpTo(this.#limits.idleMs);
    return readBody(connection);
  }
}
