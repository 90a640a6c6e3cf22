import { join } from 'node:path';
import type { EndpointName } from '../../functions/core/ids.ts';
import type { Clock, Gate, JobStore, Ports } from '../../functions/core/ports.ts';
import { systemClock } from '../../functions/core/system-clock.ts';
import { type Database, openDatabase } from '../local/database.ts';
import { EndpointItems } from '../local/endpoint-items.ts';
import { SqliteJobStore } from '../local/job-store.ts';
import { type FileLog, openLog } from '../local/log.ts';
import { FileObjectStore } from '../local/object-store.ts';
import { SqliteQueue } from '../local/work-queue.ts';

/** Receives before a message counts as one that no handler can take. Waiting for an endpoint receives, too. */
const MAX_RECEIVES = 1000;

export interface LocalQueues {
  readonly enumerate: SqliteQueue;
  readonly transfer: SqliteQueue;
  readonly import: SqliteQueue;
  readonly deadLetter: SqliteQueue;
}

/** The state of a directory: what every command works on, whether a job runs or not. */
export interface State {
  readonly directory: string;
  readonly database: Database;
  readonly store: JobStore;
  readonly objects: FileObjectStore;
  readonly queues: LocalQueues;
  readonly clock: Clock;
  readonly log: FileLog;
  /** Whether an endpoint takes no work now. */
  gateClosed(name: EndpointName): boolean;
  close(): void;
}

export interface StateOptions {
  readonly directory: string;
  readonly verbose: boolean;
}

/** Opens the state of a directory, which is made when it is not there. Raises `StateError`. */
export function openState({ directory, verbose }: StateOptions): State {
  const database = openDatabase(directory);
  const clock = systemClock;
  const log = openLogOf(database, directory, verbose);
  const redrive = { maxReceiveCount: MAX_RECEIVES, deadLetterQueue: 'dead-letter' };
  const gates = new EndpointItems<Gate>(database, 'gates');
  return {
    directory,
    database,
    store: new SqliteJobStore(database),
    objects: new FileObjectStore(objectsFolder(directory)),
    queues: {
      enumerate: new SqliteQueue(database, clock, { name: 'enumerate', redrive }),
      transfer: new SqliteQueue(database, clock, { name: 'transfer', redrive }),
      import: new SqliteQueue(database, clock, { name: 'import', redrive }),
      deadLetter: new SqliteQueue(database, clock, { name: 'dead-letter' }),
    },
    clock,
    log,
    gateClosed: (name) => gates.get(name)?.state === 'closed',
    close() {
      log.close();
      database.close();
    },
  };
}

/** Where plans, receipts and evidence lie: `<folder>/jobs/<id>/…`. */
export function objectsFolder(stateDirectory: string): string {
  return join(stateDirectory, 'objects');
}

/** The ports of a command that talks to no server. */
export function localPorts(state: State): Ports {
  const { store, objects, queues, clock, log } = state;
  return { store, objects, queues, clock, log, endpoints: noEndpoints };
}

const noEndpoints: Ports['endpoints'] = {
  endpoint: (name) => Promise.reject(new Error(`this command talks to no server, not even ${name}`)),
};

function openLogOf(database: Database, directory: string, verbose: boolean): FileLog {
  try {
    return openLog(directory, { verbose });
  } catch (error) {
    database.close();
    throw error;
  }
}
