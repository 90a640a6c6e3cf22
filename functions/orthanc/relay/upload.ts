import type { Endpoint } from '../../core/endpoint.ts';
import type { Upload, UploadRequest } from '../server.ts';
import { type Attempt, type Attempting, attempts, ENDED } from './attempts.ts';
import { Delivery } from './delivery.ts';
import { MeasuredBody } from './measured.ts';
import { type Limits, limitsOf, type RelayOptions } from './options.ts';
import { type Peer, peerOf } from './peer.ts';
import { startSweeper } from './sweeper.ts';

export interface Uploads {
  /**
   * Rejects with the reason of `request.signal` when that is aborted, with what `request.throttle`, `request.open` and the body
   * raise, and after `close`; everything that the target and the wire can do is a result.
   */
  readonly upload: Upload;
  /** Ends all connections; uploads under way are rejected. */
  close(): Promise<void>;
}

/** The target only answers, in a few hundred bytes. */
const BUFFER_BYTES = 4 * 1024;

/** Posts instances to an Orthanc server over plain sockets: the sibling of `createRelay` for bytes that no server gives out. */
export function createUpload(target: Endpoint, options: RelayOptions = {}): Uploads {
  const limits = limitsOf(options);
  const peer = peerOf('target', target, BUFFER_BYTES, limits.keepMs, options.undescribedErrors?.target);
  const sweeper = startSweeper(limits, [peer.pool]);
  return {
    upload: (request) =>
      attempts(request.signal, (aborted, fresh) => new Attempted(request, peer, limits, aborted, fresh)),
    async close() {
      clearInterval(sweeper);
      peer.pool.close(new Error('the upload is closed'));
    },
  };
}

/** One attempt to upload one instance. */
class Attempted implements Attempting {
  readonly #request: UploadRequest;
  readonly #delivery: Delivery;

  constructor(
    request: UploadRequest,
    target: Peer,
    limits: Limits,
    aborted: Promise<never> | undefined,
    freshTarget: boolean,
  ) {
    this.#request = request;
    const { size, signal, throttle } = request;
    const scratch = (bytes: number) => Buffer.allocUnsafe(bytes);
    this.#delivery = new Delivery({ target, limits, size, signal, throttle, aborted, freshTarget, scratch });
  }

  async run(): Promise<Attempt> {
    const body = new MeasuredBody(await this.#request.open(), this.#request.size);
    try {
      await this.#delivery.send(body);
    } catch (error) {
      return await this.#afterError(error);
    } finally {
      // The target may take its time to answer; a file need not be open meanwhile.
      await body.close().catch(() => undefined);
    }
    try {
      return await this.#delivery.judge(body.md5);
    } catch (error) {
      return await this.#afterError(error);
    } finally {
      this.cancel(ENDED);
    }
  }

  cancel(reason: unknown): void {
    this.#delivery.cancel(reason);
  }

  async #afterError(error: unknown): Promise<Attempt> {
    try {
      return await this.#delivery.afterError(error);
    } finally {
      this.cancel(ENDED);
    }
  }
}
