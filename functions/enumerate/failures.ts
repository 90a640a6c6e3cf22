import type { CountedFact } from '../core/counts.ts';
import type { Checkpoint, Cursor, Job } from '../core/job.ts';
import type { OutcomeRow } from '../core/outcome.ts';
import { packThinly } from '../core/packing.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { Finding, Ports } from '../core/ports.ts';
import { afterRetries } from './after.ts';
import { type Enumeration, moveTo, type Step } from './step.ts';

const FINDINGS_AT_ONCE = 500;

/** Plans final failures again, on request. Their attempts begin anew. */
export async function failuresStage(
  { ports, job, checkpoint }: Enumeration,
  cursor: Cursor & { stage: 'failures' },
): Promise<Step> {
  const { chosen, after } = await failuresToRetry(ports, job, checkpoint, cursor);
  if (after === undefined) return moveTo(afterRetries(checkpoint));
  return { chunks: packThinly(chosen.flatMap(entryOf)), next: { ...cursor, after } };
}

/** The next failures that somebody asked to try again, and where they end; no `after` when there are none left. */
export async function failuresToRetry(
  { store }: Pick<Ports, 'store'>,
  job: Job,
  checkpoint: Checkpoint,
  cursor: Cursor & { stage: 'failures' },
): Promise<{ readonly chosen: readonly Finding[]; readonly after: Finding['item'] | undefined }> {
  const findings = await store.findings(job.id, cursor.after, FINDINGS_AT_ONCE);
  const chosen = findings.filter(
    (finding) =>
      finding.row.outcome === 'failure' &&
      !finding.reopened &&
      finding.round < checkpoint.round &&
      (cursor.code === undefined || finding.row.code === cursor.code) &&
      (!cursor.redriven || finding.redriven === true),
  );
  return { chosen, after: findings.at(-1)?.item };
}

function entryOf({ row }: Finding): InstanceEntry[] {
  const { file, instance, study, size } = row;
  if (file !== undefined || !instance) return [];
  return [{ id: instance, ...(study && { study }), size: size ?? 0, prior: factOf(row) }];
}

/** What the outcome adds to the sums. */
export function factOf({ outcome, code, sentByUs, size }: OutcomeRow): CountedFact {
  return { outcome, code, sentByUs, ...(size !== undefined && { size }) };
}
