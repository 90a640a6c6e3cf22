import { MigrationError } from '../core/errors.ts';
import type { EndpointName, FileKey, JobId } from '../core/ids.ts';
import { type Job, type JobOptions, SCHEMA_VERSION, takesUploads } from '../core/job.ts';
import type { Arrival, Ports } from '../core/ports.ts';
import { requestJob } from '../supervise/requests.ts';

/** What becomes of what is uploaded. */
export interface UploadsSettings {
  /** Names the place in job records: `s3://bucket/prefix`. */
  readonly source: EndpointName;
  readonly target: EndpointName;
  /** When nothing came for so long (milliseconds), the import that takes in the uploads comes to its end. */
  readonly quietMs: number;
  readonly options: JobOptions;
}

const ENTRIES_AT_ONCE = 100;

/**
 * Takes uploads down in the log of the standing import, from where its plan is made: once written there, they are no longer the
 * queue's business. An upload that is taken down twice is planned once.
 */
export class Intake {
  readonly #ports: Ports;
  readonly #settings: UploadsSettings;
  /** Entries of a log that are known to be there. */
  readonly #known = new Map<JobId, number>();

  constructor(ports: Ports, settings: UploadsSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  async takeDown(files: readonly FileKey[]): Promise<void> {
    if (files.length === 0) return;
    const { objects, clock, log } = this.#ports;
    const body = new TextEncoder().encode(files.map((file) => `${file}\n`).join(''));
    for await (const job of this.#jobs()) {
      if (!this.#takesMore(job)) continue;
      const object = `jobs/${job.id}/uploads/${crypto.randomUUID()}.txt`;
      await objects.write(object, body);
      if (!(await this.#append(job.id, { kind: 'uploads', object, at: clock.now() }))) continue;
      log.info({ job: job.id, uploads: files.length }, 'uploads are taken down');
      return;
    }
  }

  /** `false` when the log has come to its end: what arrives now is for the next job. */
  async #append(job: JobId, arrival: Arrival): Promise<boolean> {
    const { store } = this.#ports;
    let number = this.#known.get(job) ?? 0;
    for (;;) {
      const entries = await store.arrivals(job, number, ENTRIES_AT_ONCE);
      if (entries.at(-1)?.kind === 'end') return false;
      number += entries.length;
      if (entries.length === ENTRIES_AT_ONCE) continue;
      if (!(await store.appendArrival(job, number, arrival))) continue;
      this.#known.clear();
      this.#known.set(job, number + 1);
      return true;
    }
  }

  /** Jobs to try one after the other: the open one, the last that there is, and those that come after it. */
  async *#jobs(): AsyncGenerator<Job> {
    const { store } = this.#ports;
    const open = lastOf((await store.openJobs()).filter((job) => this.#takesMore(job)));
    // It may have been cancelled a moment ago, and still be among the open ones.
    const current = open && (await store.job(open.id));
    if (current) yield current;
    let last = lastOf(await store.jobs());
    if (last && last.id !== open?.id) yield last;
    for (;;) {
      last = await this.#next(last);
      yield last;
    }
  }

  /** One that was begun under other settings keeps what it has, and gets no more. */
  #takesMore(job: Job): boolean {
    const { source, target } = this.#settings;
    return takesUploads(job) && job.source === source && job.target === target && !isOver(job);
  }

  /** The job after this one. Whoever is first makes it. */
  async #next(before: Job | undefined): Promise<Job> {
    const { source, target, quietMs, options } = this.#settings;
    const number = before ? Number(before.id.slice(PREFIX.length)) + 1 : 1;
    const id = `${PREFIX}${String(number).padStart(6, '0')}` as JobId;
    try {
      return await requestJob(this.#ports, {
        id,
        kind: 'import',
        source,
        target,
        dump: { uploads: { quietMs } },
        options,
      });
    } catch (error) {
      const job = await this.#ports.store.job(id);
      if (!(error instanceof MigrationError) || error.code !== 'JOB_EXISTS' || !job) throw error;
      return job;
    }
  }
}

const PREFIX = 'uploads-';

/** The one with the highest number, whatever it was begun with: numbers are never used again. */
function lastOf(jobs: readonly Job[]): Job | undefined {
  return jobs
    .filter(takesUploads)
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .at(-1);
}

/**
 * Whether nobody will read its log any more. One that was stopped goes on when it is resumed. One whose failures are tried again had
 * ended, and its log with it.
 */
function isOver({ state, v, retry }: Job): boolean {
  return (
    v !== SCHEMA_VERSION ||
    retry !== undefined ||
    state === 'completed' ||
    state === 'completed-with-failures' ||
    state === 'cancelled' ||
    state === 'failed'
  );
}
