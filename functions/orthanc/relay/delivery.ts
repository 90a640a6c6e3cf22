import type { Md5 } from '../../core/ids.ts';
import type { RelayResult } from '../server.ts';
import { failureOf, storedOf, strangeSuccess } from './answer.ts';
import type { Attempt } from './attempts.ts';
import type { Body } from './body.ts';
import type { Connection } from './connection.ts';
import { Lost } from './lost.ts';
import { Mismatch } from './mismatch.ts';
import type { Limits } from './options.ts';
import type { Peer } from './peer.ts';
import { Posting } from './posting.ts';

/** Smaller bodies are read whole before the target is troubled, and are posted in one write. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Pieces that a bandwidth limit lets through one by one: so small that no server takes the pauses for an end. */
const THROTTLED_PIECE_BYTES = 32 * 1024;

export interface DeliveryPlan {
  readonly target: Peer;
  readonly limits: Limits;
  /** Of the body, in bytes. */
  readonly size: number;
  readonly signal: AbortSignal | undefined;
  readonly throttle: ((bytes: number) => Promise<void>) | undefined;
  /** Rejects when the delivery is to be given up. */
  readonly aborted: Promise<never> | undefined;
  readonly freshTarget: boolean;
  /** Memory for a small body that comes in pieces. */
  readonly scratch: (bytes: number) => Buffer;
  /** Is called when the target does not want the rest of the body: a wait for its next piece is in vain. */
  readonly onInterrupted?: () => void;
}

/** Brings one body to the target, and judges what comes of it. */
export class Delivery {
  readonly #plan: DeliveryPlan;
  #posting: Posting | undefined;
  #to: Connection | undefined;

  constructor(plan: DeliveryPlan) {
    this.#plan = plan;
  }

  /** Returns when the kernel has the whole body: what it was read from is needed no more. Whatever it raises is for `afterError`. */
  async send(body: Body): Promise<void> {
    let piece = await body.next();
    if (!body.last && this.#plan.size <= SMALL_BODY_BYTES) piece = await this.#whole(body, piece);
    for (;;) {
      await this.#pass(piece, body.last);
      if (body.last) return;
      piece = await body.next();
    }
  }

  /** Awaits the target's answer. Whatever it raises is for `afterError`. */
  async judge(md5: Md5 | undefined): Promise<RelayResult> {
    const { target, size } = this.#plan;
    const posting = this.#posting;
    if (!posting) throw new Error('nothing was sent');
    const answer = await posting.answer;
    if (answer.whole && posting.complete) {
      target.pool.giveBack(posting.connection);
      this.#to = undefined;
    }
    if (answer.head.status !== 200) return failureOf('target', answer, target.undescribedErrors());
    // Nobody stores what was not yet sent.
    if (md5 === undefined || !posting.complete) return strangeSuccess('target', 200);
    return storedOf(answer, size, md5);
  }

  /** What an error means. Raises what is no server's doing: the reason of a `cancel`, an error of `throttle` or of the body. */
  async afterError(error: unknown): Promise<Attempt> {
    const posting = this.#posting;
    // What the target said before it broke the connection tells more than the break.
    if (posting && (posting.interrupted || (error instanceof Lost && error.side === 'target'))) {
      return this.judge(undefined).catch((reason: unknown) => this.#broken(reason));
    }
    return this.#broken(error);
  }

  /** Ends the connection unless it was given back: the target stores nothing of a body that is not complete. */
  cancel(reason: unknown): void {
    this.#to?.wire.destroy(reason);
  }

  /** The whole body, of which the first piece was read already. */
  async #whole(body: Body, first: Buffer): Promise<Buffer> {
    const whole = this.#plan.scratch(this.#plan.size);
    let bytes = first.copy(whole);
    while (!body.last) bytes += (await body.next()).copy(whole, bytes);
    return whole;
  }

  async #pass(piece: Buffer, last: boolean): Promise<void> {
    const { throttle } = this.#plan;
    if (!throttle) return this.#write(piece, last);
    let at = 0;
    do {
      const end = Math.min(piece.length, at + THROTTLED_PIECE_BYTES);
      await this.#unlessAborted(throttle(end - at));
      await this.#write(piece.subarray(at, end), last && end === piece.length);
      at = end;
    } while (at < piece.length);
  }

  #write(bytes: Buffer, last: boolean): Promise<void> {
    return this.#posting ? this.#posting.write(bytes, last) : this.#begin(bytes, last);
  }

  async #begin(bytes: Buffer, last: boolean): Promise<void> {
    const { target, limits, size, signal, aborted, freshTarget, onInterrupted } = this.#plan;
    // No wait between the look and the taking.
    while (!target.pool.hasRoom) await target.pool.turn(aborted);
    signal?.throwIfAborted();
    const to = target.pool.take(freshTarget);
    this.#to = to;
    if (!to.reused) await to.wire.connected(limits.connectMs);
    this.#posting = new Posting(to, target.requests.post(size), size, limits, onInterrupted);
    return this.#posting.write(bytes, last);
  }

  async #unlessAborted(wait: Promise<void>): Promise<void> {
    const { aborted } = this.#plan;
    await (aborted ? Promise.race([wait, aborted]) : wait);
  }

  #broken(error: unknown): Attempt {
    if (error instanceof Mismatch) return error.result;
    if (!(error instanceof Lost)) throw error;
    const posting = this.#posting;
    if (error.side === 'target' && posting && !posting.complete && posting.connection.wasStale(error)) {
      return { kind: 'stale' };
    }
    return { kind: 'broken', side: error.side, breakage: error.breakage };
  }
}
