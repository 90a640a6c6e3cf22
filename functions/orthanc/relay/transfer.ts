import type { RelayRequest, RelayResult } from '../server.ts';
import { failureOf, readBody, strangeSuccess } from './answer.ts';
import { type Attempt, type Attempting, ENDED } from './attempts.ts';
import type { Connection } from './connection.ts';
import { Delivery } from './delivery.ts';
import { Download, requestFile } from './download.ts';
import type { Limits } from './options.ts';
import type { Peer } from './peer.ts';

export interface TransferPlan {
  readonly source: Peer;
  readonly target: Peer;
  readonly limits: Limits;
  readonly request: RelayRequest;
  /** Rejects when the relay is to be given up. */
  readonly aborted: Promise<never> | undefined;
  readonly freshTarget: boolean;
}

/** So many uploads at a time keep a target busy: with SQLite, more are hardly quicker. */
const BUSY_CONNECTIONS = 4;

/** One attempt to move one instance between two servers. */
export class Transfer implements Attempting {
  readonly #plan: TransferPlan;
  readonly #delivery: Delivery;
  #from: Connection | undefined;

  constructor(plan: TransferPlan) {
    this.#plan = plan;
    const { request } = plan;
    this.#delivery = new Delivery({
      ...plan,
      size: request.recorded.size,
      signal: request.signal,
      throttle: request.throttle,
      scratch: (bytes) => this.#from?.scratch(bytes) ?? Buffer.allocUnsafe(bytes),
      onInterrupted: () => this.#from?.wire.destroy(new Error('the target interrupted')),
    });
  }

  async run(): Promise<Attempt> {
    try {
      return await this.#attempt();
    } catch (error) {
      return await this.#delivery.afterError(error);
    } finally {
      // Whatever was not given back to its pool is in the middle of something.
      this.cancel(ENDED);
    }
  }

  cancel(reason: unknown): void {
    this.#from?.wire.destroy(reason);
    this.#delivery.cancel(reason);
  }

  async #attempt(): Promise<RelayResult> {
    const { source, target, limits, request, aborted } = this.#plan;
    // No wait between the look and the taking.
    while (!source.pool.hasRoom) await source.pool.turn(aborted);
    request.signal?.throwIfAborted();
    const from = await requestFile(source, request.instance, request.recorded.size, limits, (connection) => {
      this.#from = connection;
    });
    const refusal = await this.#refusal(from);
    if (refusal) return refusal;
    const download = new Download(from, request.recorded, limits, () => target.pool.inUse >= BUSY_CONNECTIONS);
    try {
      await this.#delivery.send(download);
    } finally {
      await download.close();
    }
    // The target may take its time to answer; the source's connection can serve another instance meanwhile.
    this.#release();
    return await this.#delivery.judge(download.md5);
  }

  /** Judges the head of the source's answer; `undefined` when its body may be the file. */
  async #refusal(from: Connection): Promise<RelayResult | undefined> {
    const { source, limits, request } = this.#plan;
    const { size } = request.recorded;
    const { head } = from.parser;
    if (head.status !== 200) {
      from.wire.waitUpTo(limits.idleMs);
      const answer = await readBody(from);
      if (answer.whole) this.#release();
      return failureOf('source', answer, source.undescribedErrors());
    }
    if (head.encoded) return strangeSuccess('source', head.status);
    if (head.contentLength === undefined || head.contentLength === size) return undefined;
    // A login page of a gateway is no damaged file.
    if (head.contentType?.toLowerCase().includes('html')) return strangeSuccess('source', head.status);
    return { kind: 'mismatch', bytes: head.contentLength, expectedBytes: size };
  }

  #release(): void {
    if (this.#from) this.#plan.source.pool.giveBack(this.#from);
    this.#from = undefined;
  }
}
