import type { Cursor } from '../core/job.ts';
import { packThinly } from '../core/packing.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { Finding } from '../core/ports.ts';
import { afterRetries } from './after.ts';
import { type Enumeration, moveTo, type Step } from './step.ts';

const FINDINGS_AT_ONCE = 500;

/** Plans final failures again, on request. Their attempts begin anew. */
export async function failuresStage(
  { ports, job, checkpoint }: Enumeration,
  cursor: Cursor & { stage: 'failures' },
): Promise<Step> {
  const findings = await ports.store.findings(job.id, cursor.after, FINDINGS_AT_ONCE);
  const after = findings.at(-1)?.instance;
  const chosen = findings.filter(
    (finding) =>
      finding.row.outcome === 'failure' &&
      !finding.reopened &&
      finding.round < checkpoint.round &&
      (cursor.code === undefined || finding.row.code === cursor.code),
  );
  if (after === undefined) return moveTo(afterRetries(checkpoint));
  return { chunks: packThinly(chosen.map(entryOf)), next: { ...cursor, after } };
}

function entryOf({ instance, row }: Finding): PlanEntry {
  const { outcome, code, sentByUs, size, study } = row;
  return {
    id: instance,
    ...(study && { study }),
    size: size ?? 0,
    prior: { outcome, code, sentByUs, ...(size !== undefined && { size }) },
  };
}
