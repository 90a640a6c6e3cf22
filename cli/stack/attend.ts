import type { Answers } from '../../functions/control/answers.ts';
import { messageOf } from '../../functions/core/errors.ts';
import type { JobId } from '../../functions/core/ids.ts';
import { ENDED } from '../../functions/core/job.ts';
import { systemClock } from '../../functions/core/system-clock.ts';
import type { Stack } from './client.ts';
import { isPassing } from './errors.ts';

/** The stack supervises its jobs each minute; one that is watched need not wait so long. Milliseconds. */
const TICK_EVERY_MS = 10_000;
/** How long a stack that is busy or cannot be reached is asked again; milliseconds. */
const PATIENCE_MS = 5 * 60_000;
const PAUSE_MS = 5000;

/** Looks at a job of a stack again and again, and lets the stack supervise meanwhile. `note` is told of what goes wrong. */
export function attend(stack: Stack, note: (line: string) => void): (job: JobId) => Promise<Answers['status']> {
  let ticking = false;
  // What begins a job supervises it once.
  let tickedAt = Date.now();
  const tick = (): void => {
    if (ticking || Date.now() - tickedAt < TICK_EVERY_MS) return;
    ticking = true;
    stack
      .ask('tick', {})
      .catch((error: unknown) => note(`a supervision failed, and comes again: ${messageOf(error)}`))
      .finally(() => {
        ticking = false;
        tickedAt = Date.now();
      });
  };
  return async (job) => {
    const status = await patiently(() => stack.ask('status', { job }), note);
    // Nobody waits for it: it may take minutes.
    if (!ENDED.has(status.progress.job.state)) tick();
    return status;
  };
}

async function patiently<T>(ask: () => Promise<T>, note: (line: string) => void): Promise<T> {
  for (const end = Date.now() + PATIENCE_MS; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || Date.now() > end) throw error;
      note(messageOf(error));
      await systemClock.sleep(PAUSE_MS);
    }
  }
}
