import { messageOf } from '../core/errors.ts';
import type { JobId } from '../core/ids.ts';
import type { Deadline } from '../core/ports.ts';
import type { ControlPlace } from './place.ts';

/** Somebody waits for the answer to his request; milliseconds. */
const MOST_MS = 60_000;

/**
 * Supervises once, so that what was asked of a job begins at once. When that fails the request has succeeded all the same: the next
 * supervision is a minute away.
 */
export async function tickSoon({ ports, tick }: ControlPlace, job: JobId, deadline: Deadline): Promise<void> {
  const { clock, log } = ports;
  const end = clock.now() + MOST_MS;
  try {
    await tick({ remainingMs: () => Math.max(0, Math.min(deadline.remainingMs(), end - clock.now())) }, job);
  } catch (error) {
    log.error({ function: 'supervise' }, `a supervision after a request failed: ${messageOf(error)}`);
  }
}
