import { createHash, type Hash, hash } from 'node:crypto';
import type { Md5, OrthancId } from '../../core/ids.ts';
import type { Recorded, RelayResult } from '../server.ts';
import { readHead } from './answer.ts';
import type { Connection } from './connection.ts';
import { Lost } from './lost.ts';
import { answerPatience, type Limits } from './options.ts';
import type { Peer } from './peer.ts';

const EMPTY = Buffer.alloc(0);

/**
 * The source's bytes are not those that it recorded. Becomes a `mismatch` result. Without MD5 they did not all come: the length
 * announced is another, or the connection ended in an orderly way within the body. Orthanc 1.10.1 does the latter, after no
 * byte at all, with files beyond 2 GiB; but a server that is just killed does so, too.
 */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
  readonly result: RelayResult;

  constructor(bytes: number, expectedBytes: number, md5?: Md5) {
    super('the source sent other bytes than it recorded');
    this.result = { kind: 'mismatch', bytes, expectedBytes, ...(md5 === undefined ? {} : { md5 }) };
  }
}

/** Sends GET /instances/{id}/file and reads the head of the answer. A kept-alive connection that the server closed is replaced once. */
export async function requestFile(
  peer: Peer,
  instance: OrthancId,
  bytes: number,
  limits: Limits,
  onConnection: (connection: Connection) => void,
): Promise<Connection> {
  for (let fresh = false; ; fresh = true) {
    const connection = peer.pool.take(fresh);
    onConnection(connection);
    try {
      if (!connection.reused) await connection.wire.connected(limits.connectMs);
      connection.wire.write(peer.requests.get(instance));
      connection.wire.waitUpTo(answerPatience(limits, bytes));
      await readHead(connection);
      return connection;
    } catch (error) {
      if (!wasStale(connection, error)) throw error;
    }
  }
}

/** Whether a kept-alive connection was closed by the server before it saw the request, as far as one can tell. */
export function wasStale(connection: Connection, error: unknown): boolean {
  return connection.reused && !connection.wire.received && error instanceof Lost && error.breakage.cause === 'reset';
}

/**
 * Reads the body of the source's answer in pieces, hashes it, and gives out the last piece only once length and MD5 agree with
 * what the source recorded.
 */
export class Download {
  /** Whether the piece given last was the last one. */
  last = false;
  readonly #connection: Connection;
  readonly #recorded: Recorded;
  readonly #idleMs: number;
  #hash: Hash | undefined;
  #md5: Md5 | undefined;
  #bytes = 0;
  #held: Buffer = EMPTY;

  constructor(connection: Connection, recorded: Recorded, limits: Limits) {
    this.#connection = connection;
    this.#recorded = recorded;
    this.#idleMs = limits.idleMs;
    connection.wire.waitUpTo(limits.bodyStartMs);
  }

  /** Valid once `last` is true. */
  get md5(): Md5 | undefined {
    return this.#md5;
  }

  /** The next piece, valid until the one after it is asked for. Raises `Mismatch`, `Lost`. */
  async next(): Promise<Buffer> {
    for (;;) {
      const event = await this.#connection.event();
      if (event === 'cut') throw new Mismatch(this.#bytes, this.#recorded.size);
      if (event === 'end') return this.#verified(this.#held);
      const piece = this.#take();
      if (this.#connection.parser.complete) return this.#verified(piece);
      if (this.#bytes < this.#recorded.size) return piece;
      // A length that was not announced: whether this was the last piece shows only in what follows it.
      this.#held = Buffer.from(piece);
    }
  }

  /** The whole body, of which the first piece was read already. For small ones. */
  async whole(first: Buffer): Promise<Buffer> {
    const body = this.#connection.scratch(this.#recorded.size);
    let bytes = first.copy(body);
    while (!this.last) bytes += (await this.next()).copy(body, bytes);
    return body;
  }

  #take(): Buffer {
    const { parser } = this.#connection;
    const piece = parser.buffer.subarray(parser.start, parser.end);
    if (this.#bytes === 0) this.#connection.wire.waitUpTo(this.#idleMs);
    this.#bytes += piece.length;
    if (this.#bytes > this.#recorded.size) throw new Mismatch(this.#bytes, this.#recorded.size);
    if (this.#bytes === piece.length && parser.complete) this.#md5 = hash('md5', piece) as Md5;
    else {
      this.#hash ??= createHash('md5');
      this.#hash.update(piece);
    }
    return piece;
  }

  #verified(piece: Buffer): Buffer {
    const { size, md5 } = this.#recorded;
    this.#md5 ??= (this.#hash ?? createHash('md5')).digest('hex') as Md5;
    if (this.#bytes !== size || (md5 !== undefined && md5 !== this.#md5)) {
      throw new Mismatch(this.#bytes, size, this.#md5);
    }
    this.last = true;
    return piece;
  }
}
