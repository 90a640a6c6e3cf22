import type { Cursor } from '../core/job.ts';
import type { UnsettledRow } from '../core/outcome.ts';
import { packThinly } from '../core/packing.ts';
import type { InstanceEntry, PlanPage } from '../core/plan.ts';
import type { ObjectStore } from '../core/ports.ts';
import { readReceipt } from '../evidence/receipt.ts';
import { afterRetries } from './after.ts';
import { type Enumeration, moveTo, type Step } from './step.ts';

/** Plans again what the round before left unsettled: one page for each of its pages. */
export async function unsettledStage(enumeration: Enumeration, cursor: Cursor & { stage: 'unsettled' }): Promise<Step> {
  const { ports, job, checkpoint } = enumeration;
  const page = await ports.store.page(job.id, checkpoint.round - 1, cursor.page);
  if (!page) return moveTo(afterRetries(checkpoint));
  const entries = (await unsettledRows(ports.objects, page)).flatMap(again);
  return { chunks: packThinly(entries), next: { stage: 'unsettled', page: cursor.page + 1 } };
}

/** What a page of the round before left unsettled. */
export async function unsettledRows(objects: ObjectStore, page: PlanPage): Promise<UnsettledRow[]> {
  const rows: UnsettledRow[] = [];
  for (const { receipt, counts } of page.chunks) {
    if (!receipt || !counts || counts.unsettled === 0) continue;
    for (const row of await readReceipt(objects, receipt)) if (row.outcome === 'unsettled') rows.push(row);
  }
  return rows;
}

function again({ file, instance, study, size, ...row }: UnsettledRow): InstanceEntry[] {
  if (file !== undefined || !instance) return [];
  return [{ id: instance, ...(study && { study }), size: size ?? 0, ...triedBefore(row) }];
}

/** What the next attempt has to know of those before it. */
export function triedBefore({ attempts, sentByUs }: Pick<UnsettledRow, 'attempts' | 'sentByUs'>) {
  return { attempts, ...(sentByUs === 'unknown' && { maybeSent: true as const }) };
}
