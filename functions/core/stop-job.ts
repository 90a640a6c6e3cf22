import type { JobId } from './ids.ts';
import type { Ports } from './ports.ts';

/** Stops a running job with work left; the same command goes on with it. */
export async function stopJob(
  { store, clock, log }: Pick<Ports, 'store' | 'clock' | 'log'>,
  id: JobId,
  code: string,
  message: string,
): Promise<void> {
  log.error({ job: id, code }, message);
  for (;;) {
    const job = await store.job(id);
    if (job?.state !== 'running') return;
    const now = clock.now();
    const stopped = { ...job, state: 'stopped', endedAt: now, updatedAt: now, reason: { code, message } } as const;
    if (await store.updateJob(stopped)) return;
  }
}
