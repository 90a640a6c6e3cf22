import fc from 'fast-check';
import type { SqliteQueue } from '../../cli/local/work-queue.ts';
import type { JobId } from '../../functions/core/ids.ts';
import { ENDED, type Job } from '../../functions/core/job.ts';
import { requestJob, resumeJob } from '../../functions/supervise/requests.ts';
import { CALM, type Schedule, type Weather } from './schedule.ts';

export const JOB = 'job-1' as JobId;
export const RUNS = Number(process.env.MODEL_RUNS ?? 150);
export const MINUTES = 60_000;

/** In thousandths: the generator for doubles would hardly ever leave the neighbourhood of zero. */
const rate = (max: number) => fc.integer({ min: 0, max }).map((thousandths) => thousandths / 1000);

export const weathers = fc.record<Weather>({ crash: rate(20), duplicate: rate(300), lose: rate(100) });

/** What is told: which job, and what happens around it. */
export interface Plot {
  readonly wanted: Pick<Job, 'kind' | 'source' | 'target' | 'dump' | 'options'>;
  readonly weather: Weather;
  readonly steps: number;
  /** The queue of the chunks of such a job. */
  readonly chunks: (schedule: Schedule) => SqliteQueue;
  /** Something happens in the world outside, now and then. */
  readonly happen: (schedule: Schedule) => void;
  /** Whatever ails the world is over, except what never ends. */
  readonly calmDown: (schedule: Schedule) => void;
}

/** One moment of a schedule: a process goes on, a message is delivered, the supervisor wakes, time passes, or the world changes. */
async function moment(schedule: Schedule, { chunks, happen }: Plot, calm: boolean): Promise<void> {
  const { random } = schedule;
  const dice = random.below(100);
  if (dice < 80 && (await schedule.step())) return;
  if (dice < 88) schedule.deliver(random.chance(0.3) ? schedule.enumerateQueue : chunks(schedule));
  else if (dice < 92 && schedule.alive < 8) for (let n = random.chance(0.3) ? 2 : 1; n > 0; n -= 1) schedule.tick();
  else if (dice < 98) await schedule.clock.advance(random.chance(0.1) ? 150_000 : random.below(3000));
  else if (!calm) happen(schedule);
}

/** So many moments; nothing happens in the world outside in calm ones. */
export async function moments(schedule: Schedule, plot: Plot, count: number, calm: boolean): Promise<void> {
  schedule.weather = plot.weather;
  for (let step = 0; step < count; step += 1) await moment(schedule, plot, calm);
}

/** The weather clears up: everything that is asked for from now on works, except what never can. */
export async function untilEnded(schedule: Schedule, plot: Plot, id = JOB): Promise<void> {
  const { ports, enumerateQueue } = schedule;
  const chunks = plot.chunks(schedule);
  schedule.weather = CALM;
  for (let guard = 0; ; guard += 1) {
    const job = await ports.store.job(id);
    if (guard > 3000)
      throw new Error(`the job does not end: ${schedule.unexpected.map(String).join()} ${JSON.stringify(job)}`);
    plot.calmDown(schedule);
    if (job?.state === 'stopped' || job?.state === 'failed') await resumeJob(ports, id, plot.wanted.options);
    else if (job && ENDED.has(job.state) && schedule.alive === 0) break;
    schedule.tick();
    await schedule.drain();
    while (schedule.deliver(enumerateQueue)) await schedule.drain();
    while (schedule.deliver(chunks)) await schedule.drain();
    await schedule.clock.advance(20_000);
  }
  if (schedule.unexpected.length > 0) throw new AggregateError(schedule.unexpected, 'processes failed unexpectedly');
}

/** Asks for the job, lets the weather play with it, and brings it to its end. */
export async function tell(schedule: Schedule, plot: Plot): Promise<void> {
  await requestJob(schedule.ports, { id: JOB, ...plot.wanted });
  schedule.weather = plot.weather;
  // The check of the endpoints comes first; a job whose check fails has failed, and that is another story.
  schedule.tick();
  schedule.weather = CALM;
  await schedule.drain();
  await moments(schedule, plot, plot.steps, false);
  await untilEnded(schedule, plot);
}
