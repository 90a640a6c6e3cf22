import { openDatabase } from '../../cli/local/database.ts';
import { SqliteJobStore } from '../../cli/local/job-store.ts';
import { SqliteQueue } from '../../cli/local/work-queue.ts';
import type { EndpointName } from '../../functions/core/ids.ts';
import type { JobEvent, MetricName, Ports } from '../../functions/core/ports.ts';
import { ManualClock } from '../contract/manual-clock.ts';
import { MemoryObjects } from '../model/memory-objects.ts';

const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** The local adapters in memory, on a clock that the test moves, with whatever a stack has beside them. */
export function memoryPorts(workerEndpoints: readonly string[] = []) {
  const database = openDatabase(':memory:');
  const clock = new ManualClock();
  const queue = (name: string) => new SqliteQueue(database, clock, { name });
  const queues = {
    enumerate: queue('enumerate'),
    transfer: queue('transfer'),
    import: queue('import'),
    deadLetter: queue('dead-letter'),
    worker: queue('worker'),
  };
  const events: JobEvent[] = [];
  const fed = new Map<string, boolean>();
  const measured = new Map<MetricName, number>();
  const ports: Ports = {
    store: new SqliteJobStore(database),
    objects: new MemoryObjects(),
    endpoints: { endpoint: () => Promise.reject(new Error('unused')) },
    clock,
    log: QUIET,
    queues,
    lane: { queue: queues.worker, aboveBytes: 1000, endpoints: new Set(workerEndpoints as EndpointName[]) },
    events: { publish: async (event) => void events.push(event) },
    feeds: {
      set: async (name, enabled) => {
        const changed = (fed.get(name) ?? true) !== enabled;
        fed.set(name, enabled);
        return changed ? 'changed' : 'unchanged';
      },
    },
    metrics: { add: (name, value) => void measured.set(name, value) },
  };
  return { ports, queues, clock, events, fed, measured };
}

/** The bodies of all messages of a queue. */
export function bodies(queue: SqliteQueue): object[] {
  return queue.peek(1000).map(({ body }) => JSON.parse(body));
}
