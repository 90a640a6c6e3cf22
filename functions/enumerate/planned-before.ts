import type { CountedFact } from '../core/counts.ts';
import type { ChunkRef, OrthancId } from '../core/ids.ts';
import { pagesUpTo } from '../core/page-walk.ts';
import type { ChunkState, InstanceEntry, PlanPage } from '../core/plan.ts';
import { readStoredLines } from '../core/stored-lines.ts';
import { readReceipt } from '../evidence/receipt.ts';
import type { Enumeration } from './step.ts';

/** Instances, and the study of each. */
export type Wanted = ReadonlyMap<OrthancId, OrthancId>;

interface Place {
  readonly ref: ChunkRef;
  readonly chunk: ChunkState;
}

/** Where each instance was planned last, in this round or an earlier one. Reads only the pages that can hold one of them. */
export async function plannedBefore(enumeration: Enumeration, wanted: Wanted): Promise<ReadonlyMap<OrthancId, Place>> {
  const found = new Map<OrthancId, Place>();
  if (wanted.size === 0) return found;
  const studies = [...new Set(wanted.values())].sort();
  const { ports, job, checkpoint } = enumeration;
  for await (const page of pagesUpTo(ports.store, job.id, checkpoint.round))
    if (mayHold(page, studies)) await search(enumeration, page, wanted, found);
  return found;
}

/** `studies` is sorted, as the study list was that such a page is made from. */
function mayHold({ studies: range }: PlanPage, studies: readonly OrthancId[]): boolean {
  if (!range) return true;
  const candidate = studies.find((study) => study >= range.first);
  return candidate !== undefined && candidate <= range.last;
}

async function search(
  { ports }: Enumeration,
  page: PlanPage,
  wanted: Wanted,
  found: Map<OrthancId, Place>,
): Promise<void> {
  const entries = await readStoredLines<InstanceEntry>(ports.objects, page.object);
  let first = 0;
  for (const [index, chunk] of page.chunks.entries()) {
    for (const { id } of entries.slice(first, first + chunk.instances))
      if (wanted.has(id))
        found.set(id, { ref: { job: page.job, round: page.round, page: page.page, chunk: index }, chunk });
    first += chunk.instances;
  }
}

/** The final outcomes on record for instances planned in earlier rounds; those that are still under way are left out. */
export async function outcomesOf(
  { ports }: Enumeration,
  places: ReadonlyMap<OrthancId, Place>,
): Promise<ReadonlyMap<OrthancId, CountedFact>> {
  const outcomes = new Map<OrthancId, CountedFact>();
  const receipts = new Set([...places.values()].flatMap(({ chunk }) => (chunk.receipt ? [chunk.receipt] : [])));
  for (const receipt of receipts)
    for (const row of await readReceipt(ports.objects, receipt)) {
      if (!row.instance || row.outcome === 'unsettled') continue;
      if (places.get(row.instance)?.chunk.receipt !== receipt) continue;
      const { outcome, code, sentByUs, size } = row;
      outcomes.set(row.instance, { outcome, code, sentByUs, ...(size !== undefined && { size }) });
    }
  return outcomes;
}
