import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TransferWorker } from '../../functions/attempt/worker.ts';
import type { StorageKeys } from '../../functions/core/content.ts';
import type { Dumps } from '../../functions/core/dump.ts';
import { FatalError, messageOf } from '../../functions/core/errors.ts';
import type { JobId } from '../../functions/core/ids.ts';
import { ENDED, type Job } from '../../functions/core/job.ts';
import type { Deadline, Endpoints, Ports } from '../../functions/core/ports.ts';
import type { Servers } from '../../functions/orthanc/server.ts';
import { createServers } from '../../functions/orthanc/servers.ts';
import { createHandler as createSuperviseHandler } from '../../functions/supervise/handler.ts';
import { DEFAULT_SETTINGS } from '../../functions/supervise/settings.ts';
import type { EventSourceMapping } from '../local/event-source-mapping.ts';
import { LOG_FILE } from '../local/log.ts';
import { acquireRunLock, type RunLock } from '../local/run-lock.ts';
import { lambdaContext } from '../local/sqs-event.ts';
import { createRunDumps } from './dumps.ts';
import { createMappings } from './mappings.ts';
import { observe, type RunProgress } from './observe.ts';
import { emptyQueues, parkOthers } from './others.ts';
import type { State } from './state.ts';
import { Supervisor } from './supervisor.ts';
import { watched } from './watch.ts';
import { watchEnd } from './watch-end.ts';

/**
 * Local functions have all the time they need, until they shall end. middy sets a timer to the remaining time, and Node fires
 * a timer of more than 2^31 ms at once. Milliseconds.
 */
const PLENTY_MS = 7 * 86_400_000;
/** Below the state directory: what is needed while a command runs. */
const SCRATCH = 'scratch';
/** On a fatal error, how long what is on the wire may take to end; milliseconds. */
const LAST_WORDS_MS = 5000;

/** What jobs are run on. */
export interface RunSources {
  readonly endpoints: Endpoints;
  /** Master keys of encrypted storage. */
  readonly keys?: StorageKeys;
}

export interface RunOptions {
  readonly onProgress?: (progress: RunProgress) => void;
  /** Ends the run in good order: nothing is begun any more, what is on the wire is waited for. */
  readonly signal: AbortSignal;
}

export interface RunEnd {
  readonly kind: 'ended' | 'interrupted';
  readonly job: Job;
  /** What this run has moved. */
  readonly moved: { readonly instances: number; readonly bytes: number };
}

/** Runs jobs on this machine: the very functions that run on AWS, fed by local queues. */
export class Runtime {
  readonly ports: Ports;
  readonly servers: Servers;
  readonly dumps: Dumps;
  readonly #state: State;
  readonly #lock: RunLock;
  readonly #worker: TransferWorker;
  readonly #fatal = Promise.withResolvers<never>();
  #draining = false;

  private constructor(state: State, lock: RunLock, { endpoints, keys = new Map() }: RunSources) {
    const { store, objects, queues, clock, log } = state;
    const tell = (error: FatalError) => this.#fatal.reject(error);
    // Whoever waits for it comes later, or never.
    this.#fatal.promise.catch(() => undefined);
    this.ports = {
      store: watched(store, tell),
      objects: watched(objects, tell),
      queues: {
        enumerate: watched(queues.enumerate, tell),
        transfer: watched(queues.transfer, tell),
        import: watched(queues.import, tell),
        deadLetter: watched(queues.deadLetter, tell),
      },
      endpoints,
      clock,
      log,
    };
    this.servers = createServers(endpoints);
    this.dumps = createRunDumps({ objects, log, keys, scratch: join(state.directory, SCRATCH), onFatal: tell });
    this.#state = state;
    this.#lock = lock;
    this.#worker = new TransferWorker(this.ports, this.servers);
    lock.lost.addEventListener('abort', () =>
      tell(new FatalError('STATE_IN_USE', `another process has taken over the state directory ${state.directory}`)),
    );
  }

  /** Takes the run lock of the state directory. Raises `STATE_IN_USE`. */
  static async open(state: State, sources: RunSources): Promise<Runtime> {
    const lock = acquireRunLock(state.database, state.clock);
    const runtime = new Runtime(state, lock, sources);
    await state.objects.removeLeftovers();
    await rm(join(state.directory, SCRATCH), { recursive: true, force: true });
    return runtime;
  }

  /** Prepares a job that is not running to be resumed or retried: what queues still hold of it is planned anew from the job store. */
  forgetMessages(): void {
    emptyQueues(this.#state);
  }

  /** Runs one job until it has ended or the signal is aborted. Raises what nothing can go on after. */
  async run(id: JobId, { onProgress, signal }: RunOptions): Promise<RunEnd> {
    this.#draining = false;
    await parkOthers(this.ports, id);
    const stop = new AbortController();
    const job = await this.#requireJob(id);
    const supervisor = new Supervisor({
      // Every command that runs a job checks both servers first.
      handler: createSuperviseHandler(this.ports, this.servers, { ...DEFAULT_SETTINGS, assessed: true }),
      context: lambdaContext('supervise', this.#deadline),
      clock: this.ports.clock,
      log: this.ports.log,
      logFile: join(this.#state.directory, LOG_FILE),
      afterTick: watchEnd(this.ports, id, () => stop.abort()),
    });
    const mappings = createMappings(job, {
      state: this.#state,
      ports: this.ports,
      servers: this.servers,
      dumps: this.dumps,
      worker: this.#worker,
      deadline: this.#deadline,
      onReturn: () => supervisor.wake(),
      onError: (error) => this.#fatal.reject(error),
    });
    const observer = observe(this.ports, this.#worker.pool(job.target), id, onProgress);
    const interrupt = () => stop.abort();
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
    for (const mapping of mappings) mapping.start();
    try {
      await Promise.race([supervisor.run(stop.signal), this.#fatal.promise]);
      await Promise.race([this.#drain(mappings), this.#fatal.promise]);
    } catch (error) {
      stop.abort();
      await this.#within(LAST_WORDS_MS, this.#drain(mappings));
      throw error;
    } finally {
      stop.abort();
      signal.removeEventListener('abort', interrupt);
      await observer.stop();
    }
    const last = await this.#requireJob(id);
    const { instances, bytes } = this.#worker.pool(job.target).statistics();
    return { kind: ENDED.has(last.state) ? 'ended' : 'interrupted', job: last, moved: { instances, bytes } };
  }

  async close(): Promise<void> {
    await this.servers.close();
    await this.dumps.close();
    try {
      this.#lock.release();
    } catch (error) {
      // On a full disk: the lock of a process that has ended is taken over anyway.
      this.ports.log.warn({}, `cannot release the run lock: ${messageOf(error)}`);
    }
  }

  readonly #deadline: Deadline = { remainingMs: () => (this.#draining ? 0 : PLENTY_MS) };

  async #drain(mappings: readonly EventSourceMapping[]): Promise<void> {
    this.#draining = true;
    await Promise.all(mappings.map((mapping) => mapping.stop()));
  }

  async #within(ms: number, work: Promise<void>): Promise<void> {
    const over = new AbortController();
    await Promise.race([work, this.ports.clock.sleep(ms, over.signal)]);
    over.abort();
  }

  async #requireJob(id: JobId): Promise<Job> {
    const job = await this.ports.store.job(id);
    if (!job) throw new FatalError('UNKNOWN_JOB', `job ${id} has vanished from ${this.#state.directory}`);
    return job;
  }
}
