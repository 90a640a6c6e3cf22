import { MigrationError, messageOf } from '../../functions/core/errors.ts';
import type { Ports } from '../../functions/core/ports.ts';
import type { Servers } from '../../functions/orthanc/server.ts';
import { DEFAULT_SETTINGS } from '../../functions/supervise/settings.ts';
import { superviseAll } from '../../functions/supervise/tick.ts';

const EVERY_MS = 5000;
/** One worker supervises at a time; milliseconds. */
const LEASE_MS = 60_000;
const LEASE = 'supervise/worker';

/** Looks after the jobs of servers that only workers reach, until the signal is aborted. */
export async function superviseOwn(ports: Ports, servers: Servers, holder: string, signal: AbortSignal): Promise<void> {
  const { store, clock, log } = ports;
  // The next look is soon, so that work may come back as soon as it likes.
  const own: Ports = { ...ports, superviseEveryMs: EVERY_MS };
  const deadline = { remainingMs: () => (signal.aborted ? 0 : Number.POSITIVE_INFINITY) };
  while (!signal.aborted) {
    try {
      if (await store.takeLease(LEASE, holder, clock.now(), LEASE_MS))
        await superviseAll(own, servers, { ...DEFAULT_SETTINGS, place: 'worker' }, deadline);
    } catch (error) {
      const code = error instanceof MigrationError ? error.code : 'UNEXPECTED';
      log.error({ function: 'supervise', code }, messageOf(error));
    }
    await clock.sleep(EVERY_MS, signal);
  }
  await store.releaseLease(LEASE, holder);
}
