import { ahead } from '../core/ahead.ts';
import { addCounts, type Counts, finalCount, NO_COUNTS, subtractCounts } from '../core/counts.ts';
import { MigrationError } from '../core/errors.ts';
import type { ItemId } from '../core/ids.ts';
import type { Job } from '../core/job.ts';
import { itemOf } from '../core/outcome.ts';
import { pagesOfRound, pagesUpTo } from '../core/page-walk.ts';
import type { PlanEntry, PlanPage } from '../core/plan.ts';
import type { Deadline, ObjectStore, Ports } from '../core/ports.ts';
import { readStoredLines } from '../core/stored-lines.ts';
import { evidencePrefix, type Manifest, manifestKey } from './manifest.ts';
import { readManifest } from './read-manifest.ts';
import { readReceipt } from './receipt.ts';
import { readSegments, type Segment, writeSegment } from './segments.ts';
import { ShardWriter } from './shards.ts';

/** Pages whose rows are compacted in one go: at most a million rows, a minute's work. */
const SEGMENT_PAGES = 100;
/** What one such go may need; milliseconds. */
const SEGMENT_MS = 120_000;
/** Receipts that are read ahead: each is an object of its own, and elsewhere that takes a moment. */
const RECEIPTS_AHEAD = 12;

/**
 * Writes the evidence of a job from its winning receipts: shards of rows by outcome, and the manifest over them. Can be
 * repeated: it gives the same shards again; and goes on where it was when time ran short, in which case it returns nothing. Raises
 * EVIDENCE_INCONSISTENT when the rows are not what the page items counted, since then neither may be believed. Returns the counts.
 */
export async function compact(ports: Ports, job: Job, deadline: Deadline): Promise<Counts | undefined> {
  const replanned = await replannedInstances(ports, job);
  const segments = await readSegments(ports.objects, job);
  for (let from = segments.at(-1) ? segments.at(-1)?.next : { round: 1, page: 0 }; from; ) {
    if (deadline.remainingMs() < SEGMENT_MS) return undefined;
    const segment = await compactSegment(ports, job, replanned, segments, from);
    await writeSegment(ports.objects, job, segments.length, segment);
    segments.push(segment);
    from = segment.next;
  }
  const counts = segments.map((segment) => segment.counts).reduce(addCounts, NO_COUNTS);
  requireSame(job, segments.map((segment) => segment.expected).reduce(addCounts, NO_COUNTS), counts);
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
    scanned: finalCount(counts),
    counts,
    shards: segments.flatMap((segment) => segment.shards),
  };
  await emptyFormer(ports.objects, manifest);
  await ports.objects.write(
    manifestKey(job.id),
    new TextEncoder().encode(`${JSON.stringify(manifest, undefined, 2)}\n`),
  );
  return counts;
}

/**
 * A retry may leave fewer shards than there were: whoever counts the rows in a folder must not meet those of before. Nothing is
 * deleted, since no function may do that.
 */
async function emptyFormer(objects: ObjectStore, { jobId, shards }: Manifest): Promise<void> {
  const former = (await readManifest(objects, jobId))?.shards ?? [];
  const now = new Set(shards.map(({ path }) => path));
  for (const { path } of former)
    if (!now.has(path)) await objects.write(evidencePrefix(jobId) + path, new Uint8Array());
}

async function compactSegment(
  { store, objects }: Ports,
  job: Job,
  replanned: ReadonlyMap<ItemId, number>,
  before: readonly Segment[],
  from: { readonly round: number; readonly page: number },
): Promise<Segment> {
  const pages: PlanPage[] = [];
  let next: Segment['next'];
  for (let { round, page } = from; round <= job.round && !next; round += 1, page = 0)
    for await (const stored of pagesOfRound(store, job.id, round, page)) {
      if (pages.length === SEGMENT_PAGES) next = { round, page: stored.page };
      if (next) break;
      pages.push(stored);
    }
  let expected = pages.reduce((sum, page) => subtractCounts(sum, page.replaces), NO_COUNTS);
  const closed = pages.flatMap(({ round, chunks }) =>
    chunks.flatMap(({ receipt, counts }) => (receipt && counts ? [{ round, receipt, counts }] : [])),
  );
  const shards = new ShardWriter(
    objects,
    job.id,
    before.flatMap((segment) => segment.shards),
  );
  const read = async ({ round, receipt }: (typeof closed)[number]) => ({
    round,
    rows: await readReceipt(objects, receipt),
  });
  for (const { counts } of closed) expected = addCounts(expected, { ...counts, unsettled: 0 });
  for await (const { round, rows } of ahead(closed, RECEIPTS_AHEAD, read))
    for (const row of rows) {
      // An instance's outcome is that of the last round that planned it.
      if (row.outcome !== 'unsettled' && (replanned.get(itemOf(row)) ?? round) <= round) await shards.add(row);
    }
  return { shards: await shards.finish(), counts: shards.counts, expected, ...(next && { next }) };
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
