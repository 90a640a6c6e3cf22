import { writesTarget } from '../../functions/core/job.ts';
import type { Progress } from '../../functions/supervise/progress.ts';

export type Phase = 'checking' | 'listing' | 'transferring' | 'settling' | 'comparing' | 'writing evidence' | 'ended';

export function phaseOf({ job, checkpoint, planned }: Progress): Phase {
  switch (job.state) {
    case 'requested':
      return 'checking';
    case 'finishing':
      return 'writing evidence';
    case 'running':
      break;
    default:
      return 'ended';
  }
  if (checkpoint?.cursor.stage === 'compare') return 'comparing';
  if (job.round > 1 && checkpoint?.kind !== 'retry') return 'settling';
  if (planned.instances === 0) return 'listing';
  return writesTarget(job.kind) ? 'transferring' : 'comparing';
}
