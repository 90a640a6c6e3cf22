import { OrthancError } from './errors.ts';

/** After a refusal (milliseconds): it may have been a gateway's for a moment, and other ways to ask are much slower. */
const PAUSE_MS = 60_000;

/** A question that a server may not understand, or that somebody before it may not allow: then it is not asked for a while. */
export class Refusable {
  /** Milliseconds on the clock of `performance.now()`. */
  #refusedUntil = 0;

  get isRefused(): boolean {
    return performance.now() < this.#refusedUntil;
  }

  /** The answer; `undefined` when the question was refused. Raises what else goes wrong. */
  async ask<T>(question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof OrthancError) || !isRefusal(error)) throw error;
      this.#refusedUntil = performance.now() + PAUSE_MS;
      return undefined;
    }
  }
}

function isRefusal(error: OrthancError): boolean {
  const status = error.answer?.status;
  return status === 200 || status === 400 || status === 403 || status === 404 || status === 405 || status === 501;
}
