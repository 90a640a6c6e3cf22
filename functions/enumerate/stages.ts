import { FatalError } from '../core/errors.ts';
import type { Cursor } from '../core/job.ts';
import { changesStage } from './changes.ts';
import { compareStage } from './compare.ts';
import { failuresStage } from './failures.ts';
import { startStage } from './start.ts';
import type { Enumeration, Step } from './step.ts';
import { studiesStage } from './studies.ts';
import { unsettledStage } from './unsettled.ts';

/** What comes next of a round's plan, from where its cursor stands. */
export async function nextStep(enumeration: Enumeration): Promise<Step> {
  const cursor: Cursor = enumeration.checkpoint.cursor;
  switch (cursor.stage) {
    case 'start':
      return startStage(enumeration);
    case 'studies':
      return studiesStage(enumeration, cursor);
    case 'unsettled':
      return unsettledStage(enumeration, cursor);
    case 'failures':
      return failuresStage(enumeration, cursor);
    case 'changes':
      return changesStage(enumeration, cursor);
    case 'compare':
      return compareStage(enumeration, cursor);
    case 'dump':
    case 'uploads':
    case 'held':
      throw new FatalError('JOB_DAMAGED', `a ${cursor.stage} stage in a job that reads no dump; begin a new job`);
    case 'done':
      return { chunks: [], next: cursor };
  }
}
