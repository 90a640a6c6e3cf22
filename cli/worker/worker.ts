import { randomUUID } from 'node:crypto';
import type { BesidePlace } from '../../functions/aws/beside.ts';
import type { SqsHandler } from '../../functions/batch/records.ts';
import { createHandler as createImportHandler } from '../../functions/import/handler.ts';
import { createHandler as createTransferHandler } from '../../functions/transfer/handler.ts';
import { createHandler as createLaneHandler } from '../../functions/worker/handler.ts';
import { feed, type ReceivingQueue } from './feed.ts';
import { showPresence } from './presence.ts';
import { superviseOwn } from './supervision.ts';

/** Chunks at a time of each queue. */
const CHUNKS_AT_ONCE = 4;
/** As long as it takes; middy sets a timer to it, which Node fires at once beyond 2^31 ms. */
const PLENTY_MS = 7 * 86_400_000;

export interface WorkerTask {
  readonly beside: BesidePlace;
  /** Takes the chunks of the functions, too. */
  readonly besideFunctions: boolean;
  readonly signal: AbortSignal;
}

/** Works off what is for workers, until the signal is aborted and what was begun has come to an end in good order. */
export async function work({ beside, besideFunctions, signal }: WorkerTask): Promise<void> {
  const { place, dumps, worker, lane, log } = beside;
  const { ports, servers } = place;
  const deadline = { remainingMs: () => (signal.aborted ? 0 : PLENTY_MS) };
  const holder = `worker ${randomUUID()}`;
  const taking = (queue: ReceivingQueue, handler: SqsHandler) =>
    feed({ queue, handler, clock: ports.clock, log, deadline, concurrency: CHUNKS_AT_ONCE }, signal);
  const works = [
    showPresence(ports, holder, signal),
    taking(lane.queue, createLaneHandler(worker, { servers, dumps }, lane)),
    ...(lane.endpoints.size > 0 ? [superviseOwn(ports, servers, holder, signal)] : []),
    ...(besideFunctions
      ? [
          taking(ports.queues.transfer, createTransferHandler(worker)),
          taking(ports.queues.import, createImportHandler(worker, dumps)),
        ]
      : []),
  ];
  try {
    await Promise.all(works);
  } finally {
    await dumps.close();
    await place.close();
  }
}
