import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { JobId } from '../../functions/core/ids.ts';
import { ENDED } from '../../functions/core/job.ts';
import { requestJob, resumeJob, retryFailures } from '../../functions/supervise/requests.ts';
import { checkTruth, consistentEvidence } from './invariants.ts';
import { Random } from './random.ts';
import { CALM, Schedule, type Weather } from './schedule.ts';
import { SOURCE, TARGET } from './simulated-servers.ts';
import { type Quirk, World } from './world.ts';

const JOB = 'job-1' as JobId;
const OPTIONS = { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 1e9 } as const;
const QUIRKS: readonly Quirk[] = ['refused', 'damaged', 'filtered', 'altered', 'crashes', 'vanishes'];
const RUNS = Number(process.env.MODEL_RUNS ?? 150);
const MINUTES = 60_000;

interface Story {
  readonly seed: number;
  readonly instances: number;
  readonly quirks: number;
  readonly steps: number;
  readonly weather: Weather;
}

/** In thousandths: the generator for doubles would hardly ever leave the neighbourhood of zero. */
const rate = (max: number) => fc.integer({ min: 0, max }).map((thousandths) => thousandths / 1000);
const stories = fc.record<Story>({
  seed: fc.integer(),
  instances: fc.integer({ min: 0, max: 24 }),
  quirks: fc.integer({ min: 0, max: 3 }),
  steps: fc.integer({ min: 0, max: 6000 }),
  weather: fc.record({ crash: rate(20), duplicate: rate(300), lose: rate(100) }),
});

function beginning({ seed, instances, quirks }: Story): Schedule {
  const random = new Random(seed);
  const world = new World();
  const ids = world.grow(random, instances);
  for (let i = 0; i < quirks && ids.length > 0; i += 1) world.quirks.set(random.pick(ids), random.pick(QUIRKS));
  return new Schedule(random, world);
}

/** Something happens in the world outside, now and then. */
function happen({ random, world }: Schedule): void {
  const side = random.chance(0.5) ? world.source : world.target;
  const dice = random.below(9);
  if (dice === 8) world.source.clearHistory();
  else if (dice === 0) side.down = !side.down;
  else if (dice === 1) side.down = false;
  else if (dice === 2)
    side.trouble = { left: random.below(6), answer: { status: 500, orthanc: true, orthancStatus: 1 } };
  else if (dice === 3) side.trouble = { left: random.below(6), answer: { status: 503, orthanc: false } };
  else if (dice === 4)
    world.target.trouble = { left: random.below(6), answer: { status: 507, orthanc: true, orthancStatus: 19 } };
  else if (dice === 5) world.wireDamage = random.below(3);
  else if (dice === 6) world.grow(random, 1);
  else if (world.source.images.size > 3) world.source.delete(random.pick([...world.source.images.keys()]));
}

/** One moment of a schedule: a process goes on, a message is delivered, the supervisor wakes, time passes, or the world changes. */
async function moment(schedule: Schedule, calm: boolean): Promise<void> {
  const { random } = schedule;
  const dice = random.below(100);
  if (dice < 80 && (await schedule.step())) return;
  if (dice < 88) schedule.deliver(random.chance(0.3) ? schedule.enumerateQueue : schedule.transferQueue);
  else if (dice < 92 && schedule.alive < 8) for (let n = random.chance(0.3) ? 2 : 1; n > 0; n -= 1) schedule.tick();
  else if (dice < 98) await schedule.clock.advance(random.chance(0.1) ? 150_000 : random.below(3000));
  else if (!calm) happen(schedule);
}

/** The weather clears up: everything that is asked for from now on works, except what never can. */
async function untilEnded(schedule: Schedule): Promise<void> {
  schedule.weather = CALM;
  schedule.world.wireDamage = 0;
  for (let guard = 0; ; guard += 1) {
    if (guard > 3000)
      throw new Error(
        `the job does not end: ${schedule.unexpected.map(String).join()} ${JSON.stringify(await schedule.ports.store.job(JOB))}`,
      );
    for (const archive of [schedule.world.source, schedule.world.target]) {
      archive.down = false;
      archive.trouble = undefined;
    }
    const job = await schedule.ports.store.job(JOB);
    if (job?.state === 'stopped' || job?.state === 'failed') await resumeJob(schedule.ports, JOB, OPTIONS);
    else if (job && ENDED.has(job.state) && schedule.alive === 0) return;
    schedule.tick();
    await schedule.drain();
    while (schedule.deliver(schedule.enumerateQueue)) await schedule.drain();
    while (schedule.deliver(schedule.transferQueue)) await schedule.drain();
    await schedule.clock.advance(20_000);
  }
}

async function tell(story: Story): Promise<Schedule> {
  const schedule = beginning(story);
  await requestJob(schedule.ports, { id: JOB, kind: 'replicate', source: SOURCE, target: TARGET, options: OPTIONS });
  schedule.weather = story.weather;
  // The check of the endpoints comes first; a job whose check fails has failed, and that is another story.
  schedule.tick();
  schedule.weather = CALM;
  await schedule.drain();
  schedule.weather = story.weather;
  for (let step = 0; step < story.steps; step += 1) await moment(schedule, false);
  await untilEnded(schedule);
  expect(schedule.unexpected).toEqual([]);
  return schedule;
}

describe('a replicate job under random schedules', () => {
  it(
    'ends with one true outcome for each instance, whatever is lost, doubled, reordered, broken or killed',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const schedule = await tell(story);
          await checkTruth(schedule, JOB, await consistentEvidence(schedule, JOB));
        }),
        { numRuns: RUNS },
      );
    },
    10 * MINUTES,
  );

  it(
    'retries failures once their cause is gone, and its sums stay exact',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const schedule = await tell({ ...story, quirks: 3 });
          schedule.world.quirks.clear();
          await retryFailures(schedule.ports, JOB, undefined);
          schedule.weather = story.weather;
          for (let step = 0; step < 200; step += 1) await moment(schedule, true);
          await untilEnded(schedule);
          const evidence = await consistentEvidence(schedule, JOB);
          expect([...evidence.rows.values()].filter((row) => row.outcome === 'failure')).toEqual([]);
        }),
        { numRuns: Math.ceil(RUNS / 3) },
      );
    },
    10 * MINUTES,
  );
});
