import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryFailures } from '../../functions/supervise/requests.ts';
import { checkTruth, consistentEvidence } from './invariants.ts';
import { beginning, plotOf, replicateStories } from './replicate-story.ts';
import { JOB, MINUTES, moments, RUNS, tell, untilEnded } from './story.ts';

describe('a replicate job under random schedules', () => {
  it(
    'ends with one true outcome for each instance, whatever is lost, doubled, reordered, broken or killed',
    async () => {
      await fc.assert(
        fc.asyncProperty(replicateStories, async (story) => {
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
        fc.asyncProperty(replicateStories, async (story) => {
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
        fc.asyncProperty(replicateStories, async (story) => {
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
