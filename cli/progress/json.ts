import type { Job } from '../../functions/core/job.ts';
import type { RunProgress } from '../runtime/observe.ts';
import { Meter } from './meter.ts';
import type { Print, Reporter } from './reporter.ts';

const EVERY_MS = 1000;

/** One JSON object a line; the schema is in docs/events.md. */
export class JsonReporter implements Reporter {
  readonly #print: Print;
  readonly #meter = new Meter(Date.now());
  #at = 0;

  constructor(print: Print) {
    this.#print = print;
  }

  warning(code: string, message: string): void {
    this.#event('warning', { code, message });
  }

  job({ id, kind, source, target }: Job, how: 'new' | 'resumed' | 'retry'): void {
    this.#event('job', { job: id, how, kind, source, target });
  }

  progress(progress: RunProgress): void {
    const shown = this.#meter.look(progress);
    if (progress.now - this.#at < EVERY_MS) return;
    this.#at = progress.now;
    this.#event('progress', { job: progress.job.id, ...shown });
  }

  note(): void {
    // For people.
  }

  close(): void {
    // Nothing is pending.
  }

  #event(event: string, fields: object): void {
    this.#print(JSON.stringify({ event, ts: new Date().toISOString(), ...fields }));
  }
}
