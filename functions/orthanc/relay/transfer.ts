import type { RelayRequest, RelayResult } from '../server.ts';
import { failureOf, readBody, storedOf, strangeSuccess } from './answer.ts';
import type { Connection } from './connection.ts';
import { Download, Mismatch, requestFile, wasStale } from './download.ts';
import { Lost } from './lost.ts';
import type { Limits } from './options.ts';
import type { Peer } from './peer.ts';
import { Posting } from './posting.ts';

/** Smaller bodies are read whole before the target is troubled, and are posted in one write. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Pieces that a bandwidth limit lets through one by one: so small that no server takes the pauses for an end. */
const THROTTLED_PIECE_BYTES = 32 * 1024;

/** `stale`: the target closed a kept-alive connection before it had the whole body, and stored nothing. */
export type Attempt = RelayResult | { readonly kind: 'stale' };

export interface TransferPlan {
  readonly source: Peer;
  readonly target: Peer;
  readonly limits: Limits;
  readonly request: RelayRequest;
  /** Rejects when the relay is to be given up. */
  readonly aborted: Promise<never> | undefined;
}

/** One attempt to move one instance. */
export class Transfer {
  readonly #plan: TransferPlan;
  #from: Connection | undefined;
  #to: Connection | undefined;
  #posting: Posting | undefined;

  constructor(plan: TransferPlan) {
    this.#plan = plan;
  }

  /** Raises the reason of a `cancel`, and what `throttle` raises. */
  async run(freshTarget: boolean): Promise<Attempt> {
    try {
      return await this.#attempt(freshTarget);
    } catch (error) {
      return await this.#afterError(error);
    } finally {
      // Whatever was not given back to its pool is in the middle of something.
      if (this.#from ?? this.#to) this.cancel(new Error('the attempt has ended'));
    }
  }

  /** Ends both connections. */
  cancel(reason: unknown): void {
    this.#from?.wire.destroy(reason);
    this.#to?.wire.destroy(reason);
  }

  async #attempt(freshTarget: boolean): Promise<Attempt> {
    const { source, limits, request, aborted } = this.#plan;
    const { size } = request.recorded;
    // No wait between the look and the taking.
    while (!source.pool.hasRoom) await source.pool.turn(aborted);
    request.signal?.throwIfAborted();
    const from = await requestFile(source, request.instance, size, limits, (connection) => {
      this.#from = connection;
    });
    const refusal = await this.#refusal(from);
    if (refusal) return refusal;
    const download = new Download(from, request.recorded, limits);
    let piece = await download.next();
    if (!download.last && size <= SMALL_BODY_BYTES) piece = await download.whole(piece);
    const posting = await this.#post(freshTarget);
    for (;;) {
      await this.#pass(posting, piece, download.last);
      if (download.last) break;
      piece = await download.next();
    }
    // The target may take its time to answer; the source's connection can serve another instance meanwhile.
    this.#release(source);
    return this.#judge(posting, download);
  }

  /** Judges the head of the source's answer; `undefined` when its body may be the file. */
  async #refusal(from: Connection): Promise<RelayResult | undefined> {
    const { source, limits, request } = this.#plan;
    const { size } = request.recorded;
    const { head } = from.parser;
    if (head.status !== 200) {
      from.wire.waitUpTo(limits.idleMs);
      const answer = await readBody(from);
      if (answer.whole) this.#release(source);
      return failureOf('source', answer, source.undescribedErrors());
    }
    if (head.encoded) return strangeSuccess('source', head.status);
    if (head.contentLength === undefined || head.contentLength === size) return undefined;
    // A login page of a gateway is no damaged file.
    if (head.contentType?.toLowerCase().includes('html')) return strangeSuccess('source', head.status);
    return { kind: 'mismatch', bytes: head.contentLength, expectedBytes: size };
  }

  async #post(fresh: boolean): Promise<Posting> {
    const { target, limits, request, aborted } = this.#plan;
    while (!target.pool.hasRoom) await target.pool.turn(aborted);
    request.signal?.throwIfAborted();
    const to = target.pool.take(fresh);
    this.#to = to;
    if (!to.reused) await to.wire.connected(limits.connectMs);
    const { size } = request.recorded;
    const interrupt = () => this.#from?.wire.destroy(new Error('the target interrupted'));
    this.#posting = new Posting(to, target.requests.post(size), size, limits, interrupt);
    return this.#posting;
  }

  async #pass(posting: Posting, piece: Buffer, last: boolean): Promise<void> {
    const { throttle } = this.#plan.request;
    if (!throttle) return posting.write(piece, last);
    let at = 0;
    do {
      const end = Math.min(piece.length, at + THROTTLED_PIECE_BYTES);
      await this.#unlessAborted(throttle(end - at));
      await posting.write(piece.subarray(at, end), last && end === piece.length);
      at = end;
    } while (at < piece.length);
  }

  async #unlessAborted(wait: Promise<void>): Promise<void> {
    const { aborted } = this.#plan;
    await (aborted ? Promise.race([wait, aborted]) : wait);
  }

  #release({ pool }: Peer): void {
    if (this.#from) pool.giveBack(this.#from);
    this.#from = undefined;
  }

  async #judge(posting: Posting, download: Download | undefined): Promise<RelayResult> {
    const { target } = this.#plan;
    const answer = await posting.answer;
    if (answer.whole && posting.complete) {
      target.pool.giveBack(posting.connection);
      this.#to = undefined;
    }
    if (answer.head.status !== 200) return failureOf('target', answer, target.undescribedErrors());
    // Nobody stores what was not yet sent.
    if (download?.md5 === undefined || !posting.complete) return strangeSuccess('target', 200);
    return storedOf(answer, this.#plan.request.recorded.size, download.md5);
  }

  async #afterError(error: unknown): Promise<Attempt> {
    const posting = this.#posting;
    // What the target said before it broke the connection tells more than the break.
    if (posting && (posting.interrupted || (error instanceof Lost && error.side === 'target'))) {
      return this.#judge(posting, undefined).catch((reason: unknown) => this.#broken(reason));
    }
    return this.#broken(error);
  }

  #broken(error: unknown): Attempt {
    if (error instanceof Mismatch) return error.result;
    if (!(error instanceof Lost)) throw error;
    const posting = this.#posting;
    if (error.side === 'target' && posting && !posting.complete && wasStale(posting.connection, error)) {
      return { kind: 'stale' };
    }
    return { kind: 'broken', side: error.side, breakage: error.breakage };
  }
}
