import type { Context } from 'aws-lambda';
import { FatalError, MigrationError, messageOf } from '../../functions/core/errors.ts';
import type { Clock, Log } from '../../functions/core/ports.ts';
import type { SuperviseHandler } from '../../functions/supervise/handler.ts';

/** Between ticks when nothing happens; milliseconds. */
const INTERVAL_MS = 500;
/** Ticks take at most about this share of the time: one of a very long plan reads a lot. */
const SHARE = 0.1;
/** So many unexpected errors in a row are no accident. */
const MAX_ERRORS = 20;

export interface SupervisorOptions {
  readonly handler: SuperviseHandler;
  readonly context: Context;
  readonly clock: Clock;
  readonly log: Log;
  /** Named in the message that ends a run. */
  readonly logFile: string;
  /** Called after each tick; `true` asks for another one at once. */
  readonly afterTick: () => Promise<boolean>;
}

/** Invokes the supervise function again and again, as the scheduler does on AWS. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  #pause = new AbortController();
  #woken = false;
  #errors = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Something happened that the next tick may act upon. */
  wake(): void {
    this.#woken = true;
    this.#pause.abort();
  }

  /** Returns when the signal is aborted. Raises what `tick` cannot get over. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, afterTick } = this.#options;
    signal.addEventListener('abort', () => this.wake(), { once: true });
    while (!signal.aborted) {
      const begun = performance.now();
      this.#woken = false;
      await this.#tick();
      if (await afterTick()) continue;
      const restMs = Math.min(INTERVAL_MS * 20, (performance.now() - begun) / SHARE);
      await clock.sleep(restMs, signal);
      if (this.#woken) continue;
      this.#pause = new AbortController();
      await clock.sleep(Math.max(0, INTERVAL_MS - restMs), this.#pause.signal);
    }
  }

  async #tick(): Promise<void> {
    const { handler, context, log, logFile } = this.#options;
    try {
      await handler({}, context);
      this.#errors = 0;
    } catch (error) {
      const code = error instanceof MigrationError ? error.code : 'UNEXPECTED';
      const stack = error instanceof Error ? error.stack : undefined;
      log.error({ function: 'supervise', code, stack }, messageOf(error));
      if (error instanceof FatalError) throw error;
      this.#errors += 1;
      // Evidence that contradicts itself does so at each attempt.
      if (code !== 'EVIDENCE_INCONSISTENT' && this.#errors < MAX_ERRORS) return;
      throw new FatalError(code, `cannot go on: ${messageOf(error)}; see the log ${logFile}`, { cause: error });
    }
  }
}
