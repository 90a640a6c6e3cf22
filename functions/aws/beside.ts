import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { TransferWorker } from '../attempt/worker.ts';
import type { Dumps } from '../core/dump.ts';
import { FatalError } from '../core/errors.ts';
import type { EndpointName } from '../core/ids.ts';
import type { WorkerLane } from '../core/ports.ts';
import { systemClock } from '../core/system-clock.ts';
import { CLIENT } from './clients.ts';
import { openDumps } from './dumps.ts';
import { createEventBus } from './events.ts';
import { createLog, type InvocationLog, type LogLevel } from './log.ts';
import { type AwsPlace, createPlace } from './place.ts';
import { readSettings } from './settings.ts';
import type { SqsQueue } from './sqs/work-queue.ts';

/** What a worker on a machine of the user's own works with. */
export interface BesidePlace {
  readonly place: AwsPlace;
  readonly dumps: Dumps;
  readonly worker: TransferWorker;
  readonly lane: WorkerLane & { readonly queue: SqsQueue };
  readonly log: InvocationLog;
}

/**
 * Opens the stores and queues of a stack from the environment of its functions. What is too large for a function is not so here. Raises
 * `SETTINGS_INVALID`, and `NO_WORKER_QUEUE` for a stack without one.
 */
export async function openBeside(variables: Readonly<Record<string, string>>, level: LogLevel): Promise<BesidePlace> {
  const settings = readSettings({ ...variables });
  const log = createLog(level);
  const { eventBus } = settings;
  const events = eventBus !== undefined && createEventBus(new EventBridgeClient(CLIENT), eventBus, systemClock);
  const place = createPlace(settings, { log, ...(events && { events }) });
  const { ports, servers, workerQueue } = place;
  if (!workerQueue || !ports.lane)
    throw new FatalError('NO_WORKER_QUEUE', `stack ${settings.stack} has no queue for workers: deploy it again`);
  const lane = { ...ports.lane, queue: workerQueue };
  // Servers that only workers reach have no containers to share their limits with.
  const sharers = (target: EndpointName) => (lane.endpoints.has(target) ? 1 : settings.containers);
  return { place, dumps: await openDumps(place), worker: new TransferWorker(ports, servers, { sharers }), lane, log };
}
