import { addCounts, type Counts, finalCount, NO_COUNTS, subtractCounts } from '../core/counts.ts';
import { MigrationError } from '../core/errors.ts';
import type { ItemId } from '../core/ids.ts';
import type { Job } from '../core/job.ts';
import { itemOf } from '../core/outcome.ts';
import { pagesUpTo } from '../core/page-walk.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { readStoredLines } from '../core/stored-lines.ts';
import { type Manifest, manifestKey } from './manifest.ts';
import { readReceipt } from './receipt.ts';
import { ShardWriter } from './shards.ts';

/**
 * Writes the evidence of a job from its winning receipts: shards of rows by outcome, and the manifest over them. Can be
 * repeated: it gives the same shards again. Raises EVIDENCE_INCONSISTENT when the rows are not what the page items counted,
 * since then neither may be believed. Returns the counts.
 */
export async function compact(ports: Ports, job: Job): Promise<Counts> {
  const replanned = await replannedInstances(ports, job);
  const shards = new ShardWriter(ports.objects, job.id);
  let expected = NO_COUNTS;
  for await (const page of pagesUpTo(ports.store, job.id, job.round)) {
    expected = subtractCounts(expected, page.replaces);
    for (const { receipt, counts } of page.chunks) {
      if (!receipt || !counts) continue;
      expected = addCounts(expected, { ...counts, unsettled: 0 });
      for (const row of await readReceipt(ports.objects, receipt)) {
        // An instance's outcome is that of the last round that planned it.
        if (row.outcome !== 'unsettled' && (replanned.get(itemOf(row)) ?? page.round) <= page.round)
          await shards.add(row);
      }
    }
  }
  const written = await shards.finish();
  requireSame(job, expected, shards.counts);
  const manifest: Manifest = {
    v: 1,
    jobId: job.id,
    kind: job.kind,
    source: job.source,
    target: job.target,
    check: job.options.check,
    conflict: job.options.conflict,
    selected: Object.keys(job.options.selection).sort(),
    rounds: job.round,
    createdAt: new Date(job.createdAt).toISOString(),
    scanned: finalCount(shards.counts),
    counts: shards.counts,
    shards: written,
  };
  await ports.objects.write(
    manifestKey(job.id),
    new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`),
  );
  return shards.counts;
}

/** Instances that had a final outcome before the last round that planned them, with that round: few. */
async function replannedInstances(ports: Ports, job: Job): Promise<ReadonlyMap<ItemId, number>> {
  const replanned = new Map<ItemId, number>();
  for await (const page of pagesUpTo(ports.store, job.id, job.round)) {
    if (page.round === 1 || finalCount(page.replaces) === 0) continue;
    for (const { id, prior } of await readStoredLines<PlanEntry>(ports.objects, page.object))
      if (prior) replanned.set(id, page.round);
  }
  return replanned;
}

function requireSame(job: Job, expected: Counts, found: Counts): void {
  const differing = (Object.keys(expected) as (keyof Counts)[]).filter((key) => expected[key] !== found[key]);
  if (differing.length === 0) return;
  const detail = differing.map((key) => `${key}: ${expected[key]} counted, ${found[key]} in receipts`).join('; ');
  throw new MigrationError(
    'EVIDENCE_INCONSISTENT',
    `the evidence of job ${job.id} contradicts its counters (${detail}); please report this, with the log`,
  );
}
