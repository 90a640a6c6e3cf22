import { createHash, type Hash, hash } from 'node:crypto';
import type { Md5, OrthancId } from '../../core/ids.ts';
import type { Slot } from '../../core/md5/lanes.ts';
import { takeSlot } from '../../core/md5/slots.ts';
import type { Recorded } from '../server.ts';
import { readHead } from './answer.ts';
import type { Body } from './body.ts';
import type { Connection } from './connection.ts';
import { Mismatch } from './mismatch.ts';
import { answerPatience, type Limits } from './options.ts';
import type { Peer } from './peer.ts';

const EMPTY = Buffer.alloc(0);

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
      if (!connection.wasStale(error)) throw error;
    }
  }
}

/**
 * Reads the body of the source's answer in pieces, hashes it, and gives out the last piece only once length and MD5 agree with
 * what the source recorded.
 */
export class Download implements Body {
  last = false;
  readonly #connection: Connection;
  readonly #recorded: Recorded;
  readonly #idleMs: number;
  #hash: Hash | undefined;
  #md5: Md5 | undefined;
  #bytes = 0;
  #held: Buffer = EMPTY;
  readonly #slot: Slot | undefined;
  readonly #targetIsBusy: () => boolean;

  /** @param targetIsBusy whether the target has so much to do that an MD5 may wait for others. */
  constructor(connection: Connection, recorded: Recorded, limits: Limits, targetIsBusy: () => boolean) {
    this.#connection = connection;
    this.#recorded = recorded;
    this.#idleMs = limits.idleMs;
    connection.wire.waitUpTo(limits.bodyStartMs);
    this.#slot = takeSlot(recorded.size);
    this.#targetIsBusy = targetIsBusy;
  }

  get md5(): Md5 | undefined {
    return this.#md5;
  }

  /** Raises `Mismatch`, `Lost`. */
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

  async close(): Promise<void> {
    this.#slot?.release();
  }

  #take(): Buffer {
    const { parser } = this.#connection;
    const piece = parser.buffer.subarray(parser.start, parser.end);
    if (this.#bytes === 0) this.#connection.wire.waitUpTo(this.#idleMs);
    this.#bytes += piece.length;
    if (this.#bytes > this.#recorded.size) throw new Mismatch(this.#bytes, this.#recorded.size);
    if (this.#slot) piece.copy(this.#slot.bytes, this.#bytes - piece.length);
    else if (this.#bytes === piece.length && parser.complete) this.#md5 = hash('md5', piece) as Md5;
    else {
      this.#hash ??= createHash('md5');
      this.#hash.update(piece);
    }
    return piece;
  }

  async #verified(piece: Buffer): Promise<Buffer> {
    const { size, md5 } = this.#recorded;
    if (this.#slot) this.#md5 = await this.#slot.md5(this.#bytes, this.#targetIsBusy);
    this.#md5 ??= (this.#hash ?? createHash('md5')).digest('hex') as Md5;
    if (this.#bytes !== size || (md5 !== undefined && md5 !== this.#md5)) {
      throw new Mismatch(this.#bytes, size, this.#md5);
    }
    this.last = true;
    return piece;
  }
}
