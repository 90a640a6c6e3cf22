import type { Cursor } from '../core/job.ts';
import type { UnsettledRow } from '../core/outcome.ts';
import { packThinly } from '../core/packing.ts';
import type { PlanEntry, PlanPage } from '../core/plan.ts';
import type { ObjectStore } from '../core/ports.ts';
import { readReceipt } from '../evidence/receipt.ts';
import { afterRetries } from './after.ts';
import { type Enumeration, moveTo, type Step } from './step.ts';

/** Plans again what the round before left unsettled: one page for each of its pages. */
export async function unsettledStage(enumeration: Enumeration, cursor: Cursor & { stage: 'unsettled' }): Promise<Step> {
  const { ports, job, checkpoint } = enumeration;
  const page = await ports.store.page(job.id, checkpoint.round - 1, cursor.page);
  if (!page) return moveTo(afterRetries(checkpoint));
  const entries = await unsettledEntries(ports.objects, page);
  return { chunks: packThinly(entries), next: { stage: 'unsettled', page: cursor.page + 1 } };
}

async function unsettledEntries(objects: ObjectStore, page: PlanPage): Promise<PlanEntry[]> {
  const entries: PlanEntry[] = [];
  for (const { receipt, counts } of page.chunks) {
    if (!receipt || !counts || counts.unsettled === 0) continue;
    for (const row of await readReceipt(objects, receipt)) if (row.outcome === 'unsettled') entries.push(again(row));
  }
  return entries;
}

function again(row: UnsettledRow): PlanEntry {
  const { instance, study, size, attempts, sentByUs } = row;
  return {
    id: instance,
    ...(study && { study }),
    size: size ?? 0,
    attempts,
    ...(sentByUs === 'unknown' && { maybeSent: true as const }),
  };
}
