import type { Job } from '../../functions/core/job.ts';
import { items } from '../output/format.ts';
import type { RunProgress } from '../runtime/observe.ts';
import { blockedLine, blockedReason, blockLines, plainLines } from './lines.ts';
import type { LiveBlock } from './live-block.ts';
import { Meter, type Snapshot } from './meter.ts';
import type { Print, Reporter } from './reporter.ts';

const PLAIN_EVERY_MS = 5000;

/** Tells a person: a block that is drawn over again on a terminal, a plain line every few seconds elsewhere. */
export class HumanReporter implements Reporter {
  readonly #print: Print;
  readonly #block: LiveBlock | undefined;
  readonly #meter = new Meter(Date.now());
  #plainAt = Date.now();
  #reason = '';

  constructor(print: Print, block: LiveBlock | undefined) {
    this.#print = print;
    this.#block = block;
  }

  warning(_code: string, message: string): void {
    this.note(`warning: ${message}`);
  }

  job(job: Job, how: 'new' | 'resumed' | 'retry'): void {
    const title = { new: 'job', resumed: 'going on with job', retry: 'retrying failures of job' }[how];
    this.note(`${title} ${job.id}: ${job.kind} ${job.source} to ${job.target}`);
  }

  progress(progress: RunProgress): void {
    const shown = this.#meter.look(progress);
    if (this.#block) this.#block.draw(blockLines(shown, this.#block.columns, progress.now));
    else this.#plain(shown, progress.now);
  }

  note(line: string): void {
    if (this.#block) this.#block.above(line);
    else this.#print(line);
  }

  close(): void {
    this.#block?.clear();
  }

  #plain(shown: Snapshot, now: number): void {
    if (now - this.#plainAt < PLAIN_EVERY_MS) return;
    this.#plainAt = now;
    if (shown.phase !== 'ended' && shown.blocked.length === 0) for (const line of plainLines(shown)) this.#print(line);
    for (const one of shown.blocked) {
      this.#print(`${blockedLine(one, now)}, ${items(shown.waiting, shown.unit)} waiting`);
      const reason = blockedReason(one);
      // Said once, it need not be said every few seconds.
      if (reason !== this.#reason) this.#print(`  ${reason}`);
      this.#reason = reason;
    }
  }
}
