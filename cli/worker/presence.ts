import { messageOf } from '../../functions/core/errors.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { WORKER_LEASE } from '../../functions/core/queues.ts';

const RENEW_MS = 15_000;
/** A worker that died is missed after so long. Milliseconds. */
const LEASE_MS = 60_000;

/** Tells the stack that a worker is there, until the signal is aborted. Of several workers, one tells it. */
export async function showPresence(
  { store, clock, log }: Pick<Ports, 'store' | 'clock' | 'log'>,
  holder: string,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await store.takeLease(WORKER_LEASE, holder, clock.now(), LEASE_MS);
    } catch (error) {
      log.error({}, `cannot tell the stack that a worker is there: ${messageOf(error)}`);
    }
    await clock.sleep(RENEW_MS, signal);
  }
  await store.releaseLease(WORKER_LEASE, holder);
}
