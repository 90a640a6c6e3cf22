import type { Answers } from '../functions/control/answers.ts';
import type { Counts } from '../functions/core/counts.ts';
import type { Job } from '../functions/core/job.ts';
import { systemClock } from '../functions/core/system-clock.ts';
import type { RunProgress } from './runtime/observe.ts';

export interface Follow {
  readonly look: () => Promise<Answers['status']>;
  readonly onProgress: (progress: RunProgress) => void;
  /** Whether there is nothing more to wait for. */
  readonly isOver: (job: Job) => boolean;
  /** Between two looks; milliseconds. */
  readonly everyMs: number;
  /** Ends the looking; the job goes on. */
  readonly signal: AbortSignal;
}

export interface Followed {
  readonly job: Job;
  readonly counts: Counts;
  /** Since the first look. */
  readonly moved: { readonly instances: number; readonly bytes: number };
}

/** Follows a job that others work on, until it is over or the signal is aborted. Raises what `look` raises. */
export async function follow({ look, onProgress, isOver, everyMs, signal }: Follow): Promise<Followed> {
  let first: Counts | undefined;
  for (;;) {
    const { progress } = await look();
    const { job, counts } = progress;
    first ??= counts;
    const moved = { instances: counts.sent - first.sent, bytes: counts.sentBytes - first.sentBytes };
    onProgress({ ...progress, now: systemClock.now(), live: moved });
    if (signal.aborted || isOver(job)) return { job, counts, moved };
    await systemClock.sleep(everyMs, signal);
  }
}
