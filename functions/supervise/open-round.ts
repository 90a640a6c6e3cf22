import { type Checkpoint, type Job, type RoundKind, SCHEMA_VERSION } from '../core/job.ts';
import type { Ports } from '../core/ports.ts';

/** Creates the checkpoint from which the enumerator begins a round. Does nothing when somebody was faster. */
export async function openRound(
  { store }: Pick<Ports, 'store'>,
  job: Job,
  round: number,
  kind: RoundKind,
  pace: Pick<Checkpoint, 'notBefore' | 'lastChance'> = { notBefore: 0, lastChance: false },
): Promise<void> {
  await store.createCheckpoint({
    v: SCHEMA_VERSION,
    job: job.id,
    round,
    kind,
    revision: 0,
    nextPage: 0,
    cursor: { stage: 'start' },
    planned: { pages: 0, chunks: 0, instances: 0, bytes: 0 },
    ...pace,
  });
}
