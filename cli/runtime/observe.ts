import type { PoolStatistics, TransferPool } from '../../functions/attempt/pool.ts';
import { messageOf } from '../../functions/core/errors.ts';
import type { JobId } from '../../functions/core/ids.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { type Progress, progressOf } from '../../functions/supervise/progress.ts';

/** A look at a running job: what the job store says, and what went through this process since it began. */
export interface RunProgress extends Progress {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly live: Live;
}

/** What went through since the first look; how many transfers run, and how many may, is known to the process that has them. */
export type Live = Pick<PoolStatistics, 'instances' | 'bytes'> & Partial<PoolStatistics>;

/** Looks are this far apart, or further when one takes long; milliseconds. */
const INTERVAL_MS = 500;
const SHARE = 0.05;

/** Looks at a job at intervals, and once more when stopped. */
export function observe(
  ports: Ports,
  pool: TransferPool,
  id: JobId,
  onProgress: ((progress: RunProgress) => void) | undefined,
): { stop(): Promise<void> } {
  if (!onProgress) return { stop: async () => undefined };
  const ended = new AbortController();
  const look = async (): Promise<void> => {
    try {
      const progress = await progressOf(ports, id);
      if (progress) onProgress({ ...progress, now: ports.clock.now(), live: pool.statistics() });
    } catch (error) {
      // Whoever does the work meets the same error and reports it.
      ports.log.warn({ job: id }, `cannot look at the progress: ${messageOf(error)}`);
    }
  };
  const loop = (async () => {
    while (!ended.signal.aborted) {
      const begun = performance.now();
      await look();
      await ports.clock.sleep(Math.max(INTERVAL_MS, (performance.now() - begun) / SHARE), ended.signal);
    }
  })();
  return {
    stop: async () => {
      ended.abort();
      await loop;
      await look();
    },
  };
}
