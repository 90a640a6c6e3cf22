import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ItemId } from '../../functions/core/ids.ts';
import type { OutcomeCode } from '../../functions/core/outcome.ts';
import { retryFailures } from '../../functions/supervise/requests.ts';
import { copiesOf } from './copies.ts';
import { checkDryRun } from './dry-run-truth.ts';
import { importStories, tellImport } from './import-story.ts';
import { checkImport } from './import-truth.ts';
import { consistentEvidence, type Evidence } from './invariants.ts';
import type { Schedule } from './schedule.ts';
import { JOB, MINUTES, moments, RUNS, untilEnded } from './story.ts';

const INCURABLE: readonly OutcomeCode[] = ['PIXEL_DATA_MISSING', 'FILE_DAMAGED', 'FILE_VANISHED'];

/** Failures that should not be there any more once everything was tried again in good weather. */
function curable({ world }: Schedule, { rows }: Evidence): ItemId[] {
  const broken = copiesOf(world.dump).filter(({ dumped }) => dumped.stored?.pixels === 'unknown');
  const incurable = new Set<ItemId>(broken.map(({ item }) => item));
  const failed = [...rows].filter(([item, row]) => row.outcome === 'failure' && !incurable.has(item));
  return failed.filter(([, { code }]) => !INCURABLE.includes(code)).map(([item]) => item);
}

describe('an import under random schedules', () => {
  it(
    'ends with one true outcome for each file, and no header-only copy wins, whatever is lost, doubled, reordered, broken or killed',
    async () => {
      await fc.assert(
        fc.asyncProperty(importStories, async (story) => {
          const { schedule, imported } = await tellImport(story);
          checkImport(schedule, imported, await consistentEvidence(schedule, JOB));
        }),
        { numRuns: Math.ceil(RUNS / 2) },
      );
    },
    10 * MINUTES,
  );

  it(
    'retries failures once their cause is gone, and its sums stay exact',
    async () => {
      await fc.assert(
        fc.asyncProperty(importStories, async (story) => {
          const { schedule, plot, imported } = await tellImport({ ...story, quirks: 2, restless: true });
          schedule.world.quirks.clear();
          await retryFailures(schedule.ports, JOB, undefined);
          await moments(schedule, plot, 200, true);
          await untilEnded(schedule, plot);
          const evidence = await consistentEvidence(schedule, JOB);
          checkImport(schedule, imported, evidence);
          expect(curable(schedule, evidence)).toEqual([]);
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    },
    10 * MINUTES,
  );

  it(
    'tells in a dry run what would be sent, each instance once, and sends nothing',
    async () => {
      await fc.assert(
        fc.asyncProperty(importStories, async (story) => {
          const calm = { ...story, kind: 'import-dry-run', restless: false } as const;
          const { schedule, imported } = await tellImport(calm);
          checkDryRun(schedule, imported, await consistentEvidence(schedule, JOB));
          // Nothing is waited for: what is read to its end in the first round is done, and what is left is looked at once more.
          expect((await schedule.ports.store.job(JOB))?.round).toBeLessThanOrEqual(2);
        }),
        { numRuns: Math.ceil(RUNS / 5) },
      );
    },
    10 * MINUTES,
  );
});
