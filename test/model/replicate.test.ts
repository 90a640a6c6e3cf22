import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryFailures } from '../../functions/supervise/requests.ts';
import { checkTruth, consistentEvidence } from './invariants.ts';
import { Random } from './random.ts';
import { Schedule, type Weather } from './schedule.ts';
import { SOURCE, TARGET } from './simulated-servers.ts';
import { JOB, MINUTES, moments, type Plot, RUNS, tell, untilEnded, weathers } from './story.ts';
import { type Quirk, World } from './world.ts';

const OPTIONS = { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 1e9 } as const;
const QUIRKS: readonly Quirk[] = ['refused', 'damaged', 'filtered', 'altered', 'crashes', 'vanishes'];

interface Story {
  readonly seed: number;
  readonly instances: number;
  readonly quirks: number;
  readonly steps: number;
  readonly weather: Weather;
}

const stories = fc.record<Story>({
  seed: fc.integer(),
  instances: fc.integer({ min: 0, max: 24 }),
  quirks: fc.integer({ min: 0, max: 3 }),
  steps: fc.integer({ min: 0, max: 6000 }),
  weather: weathers,
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

function calmDown({ world }: Schedule): void {
  world.wireDamage = 0;
  for (const archive of [world.source, world.target]) {
    archive.down = false;
    archive.trouble = undefined;
  }
}

function plotOf({ steps, weather }: Story): Plot {
  const wanted = { kind: 'replicate', source: SOURCE, target: TARGET, options: OPTIONS } as const;
  return { wanted, steps, weather, chunks: (schedule) => schedule.transferQueue, happen, calmDown };
}

describe('a replicate job under random schedules', () => {
  it(
    'ends with one true outcome for each instance, whatever is lost, doubled, reordered, broken or killed',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const schedule = beginning(story);
          await tell(schedule, plotOf(story));
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
          const schedule = beginning({ ...story, quirks: 3 });
          const plot = plotOf(story);
          await tell(schedule, plot);
          schedule.world.quirks.clear();
          await retryFailures(schedule.ports, JOB, undefined);
          await moments(schedule, plot, 200, true);
          await untilEnded(schedule, plot);
          const evidence = await consistentEvidence(schedule, JOB);
          expect([...evidence.rows.values()].filter((row) => row.outcome === 'failure')).toEqual([]);
        }),
        { numRuns: Math.ceil(RUNS / 3) },
      );
    },
    10 * MINUTES,
  );

  it(
    'tries again whatever is redriven from the dead-letter queue, and nothing else',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const schedule = beginning({ ...story, quirks: 3 });
          const plot = plotOf(story);
          await tell(schedule, plot);
          const letters = schedule.deadLetters.peek(10_000);
          const redriven = letters.filter(() => schedule.random.chance(0.6));
          schedule.world.quirks.clear();
          for (const { body } of redriven) {
            // At least once: a message may come twice.
            await schedule.transferQueue.send([{ body }, { body }]);
            while (schedule.deliver(schedule.transferQueue)) await schedule.drain();
          }
          await moments(schedule, plot, 200, true);
          await untilEnded(schedule, plot);
          const { rows } = await consistentEvidence(schedule, JOB);
          const failed = [...rows].filter(([, row]) => row.outcome === 'failure').map(([item]) => item);
          const left = letters.filter((letter) => !redriven.includes(letter)).map(({ body }) => JSON.parse(body).item);
          expect(failed.sort()).toEqual(left.sort());
        }),
        { numRuns: Math.ceil(RUNS / 3) },
      );
    },
    10 * MINUTES,
  );
});
