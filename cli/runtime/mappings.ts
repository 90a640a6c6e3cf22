import type { TransferWorker } from '../../functions/attempt/worker.ts';
import type { Dumps } from '../../functions/core/dump.ts';
import { type Job, readsDump, serversOf } from '../../functions/core/job.ts';
import type { Deadline, Ports } from '../../functions/core/ports.ts';
import { createHandler as createEnumerateHandler } from '../../functions/enumerate/handler.ts';
import { createHandler as createImportHandler } from '../../functions/import/handler.ts';
import type { Servers } from '../../functions/orthanc/server.ts';
import { createHandler as createTransferHandler } from '../../functions/transfer/handler.ts';
import { EventSourceMapping, type MappingOptions } from '../local/event-source-mapping.ts';
import type { State } from './state.ts';

/**
 * Chunks in transfer at a time: enough that one is looked up or proven while another is on the wire, and that together (128 MB
 * each) they can fill the budget of bytes in flight.
 */
const CHUNKS_AT_ONCE = 4;
/** How soon a message comes again whose handler failed unexpectedly. */
const VISIBILITY_SECONDS = 30;

export interface Place {
  readonly state: State;
  readonly ports: Ports;
  readonly servers: Servers;
  readonly dumps: Dumps;
  readonly worker: TransferWorker;
  readonly deadline: Deadline;
  /** A handler has returned. */
  readonly onReturn: () => void;
  /** A queue itself fails. */
  readonly onError: (error: unknown) => void;
}

/** What feeds the functions of one job: as SQS and Lambda do, with one enumerator and a few chunks at a time. */
export function createMappings(job: Job, place: Place): readonly EventSourceMapping[] {
  const { state, ports, servers, dumps, worker, deadline, onReturn, onError } = place;
  const { clock, log } = ports;
  const common = { clock, log, deadline, onError, batchSize: 1, visibilitySeconds: VISIBILITY_SECONDS };
  const returning = (handler: MappingOptions['handler']): MappingOptions['handler'] => {
    return (event, context) => handler(event, context).finally(onReturn);
  };
  return [
    new EventSourceMapping({
      ...common,
      queue: state.queues.enumerate,
      handler: returning(createEnumerateHandler(ports, { servers, dumps })),
      concurrency: 1,
    }),
    new EventSourceMapping({
      ...common,
      ...(readsDump(job.kind)
        ? { queue: state.queues.import, handler: returning(createImportHandler(worker, dumps)) }
        : { queue: state.queues.transfer, handler: returning(createTransferHandler(worker)) }),
      concurrency: CHUNKS_AT_ONCE,
      // As the supervisor disables the mapping on AWS: what would be received now would only be put back.
      enabled: () => !serversOf(job).some((name) => state.gateClosed(name)),
    }),
  ];
}
