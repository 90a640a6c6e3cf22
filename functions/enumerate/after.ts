import type { Checkpoint, Cursor } from '../core/job.ts';

/** After what failed comes what changed at the source, where the round is to look at that. */
export function afterRetries(checkpoint: Checkpoint): Cursor {
  if (checkpoint.changesSince !== undefined) return { stage: 'changes', since: checkpoint.changesSince };
  return afterChanges(checkpoint, checkpoint.planned.instances > 0);
}

/**
 * A round that has something to do is followed by another one; one that has nothing compares both servers before the job may
 * say that all is done. Jobs that only look took no cut-off and compare nothing more.
 */
export function afterChanges(checkpoint: Checkpoint, planned: boolean): Cursor {
  return planned || checkpoint.cutOff === undefined
    ? { stage: 'done' }
    : { stage: 'compare', list: '', count: 0, index: 0 };
}
