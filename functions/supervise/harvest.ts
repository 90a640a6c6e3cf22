import { eachBounded } from '../core/bounded.ts';
import { addCounts, type Counts, NO_COUNTS, subtractCounts } from '../core/counts.ts';
import type { Checkpoint, Job } from '../core/job.ts';
import { deadLetterBody } from '../core/messages.ts';
import { explainOutcome, itemOf, type OutcomeRow, type ReceiptRow } from '../core/outcome.ts';
import type { PlanPage } from '../core/plan.ts';
import type { OutgoingMessage, Ports } from '../core/ports.ts';
import { failureId } from '../evidence/failure-id.ts';
import { readReceipt } from '../evidence/receipt.ts';
import { updateJob } from './update-job.ts';

const PAGES_AT_ONCE = 20;
/**
 * Open pages that a tick looks at. Chunks are worked off about in the order of their pages, and a plan may have thousands of pages:
 * what lies behind these is looked at once it moves up.
 */
const OPEN_AT_MOST = 40;
/** A page may have ten thousand failures: one after the other they would take longer than an invocation, and be begun anew each time. */
const FINDINGS_AT_ONCE = 16;

/** What a page adds to the sums so far. */
export function pageCounts(page: PlanPage): Counts {
  let counts = subtractCounts(NO_COUNTS, page.replaces);
  for (const chunk of page.chunks) if (chunk.counts) counts = addCounts(counts, chunk.counts);
  return counts;
}

function isClosed(page: PlanPage): boolean {
  return page.chunks.every((chunk) => chunk.state === 'closed');
}

/**
 * Takes over what workers found on pages that are closed: failures become findings and messages of the dead-letter queue, and
 * pages that are complete from the first on are summed up in the job record. Returns the first of the pages still open.
 */
export async function harvest(
  ports: Ports,
  job: Job,
  checkpoint: Checkpoint,
): Promise<{ readonly job: Job; readonly open: readonly PlanPage[] }> {
  const open: PlanPage[] = [];
  let current = job;
  for (let from = job.harvested.pages; from < checkpoint.nextPage; from += PAGES_AT_ONCE) {
    const pages = await ports.store.pages(job.id, checkpoint.round, from, PAGES_AT_ONCE);
    for (const page of pages) {
      if (page.page >= checkpoint.nextPage || open.length >= OPEN_AT_MOST) return { job: current, open };
      if (!isClosed(page)) open.push(page);
      else if (!page.harvested) await harvestPage(ports, page);
      if (open.length === 0) current = (await sumUp(ports, current, page)) ?? current;
    }
    if (pages.length < PAGES_AT_ONCE) break;
  }
  return { job: current, open };
}

async function sumUp(ports: Ports, job: Job, page: PlanPage): Promise<Job | undefined> {
  return updateJob(ports, job.id, (stored) => {
    // Another supervisor may have been here.
    if (stored.round !== page.round || stored.harvested.pages !== page.page) return undefined;
    return {
      ...stored,
      harvested: { pages: page.page + 1, counts: addCounts(stored.harvested.counts, pageCounts(page)) },
    };
  });
}

async function harvestPage(ports: Ports, page: PlanPage): Promise<void> {
  for (const { receipt, counts } of page.chunks) {
    if (!receipt || !counts || counts.failure + counts.warning === 0) continue;
    const findings = (await readReceipt(ports.objects, receipt)).filter(isFinding);
    await eachBounded(findings, FINDINGS_AT_ONCE, (row) => keep(ports, page, row));
    await ports.queues.deadLetter.send(findings.filter(isFailure).map((row) => deadLetterOf(page, row)));
  }
  await ports.store.markHarvested(page.job, page.round, page.page);
}

function isFinding(row: ReceiptRow): row is OutcomeRow {
  return row.outcome === 'failure' || (row.outcome === 'warning' && row.code === 'DIFFERENT_ORTHANC_ID');
}

function isFailure({ outcome }: OutcomeRow): boolean {
  return outcome === 'failure';
}

async function keep({ store, log }: Ports, { job, round }: PlanPage, row: OutcomeRow): Promise<void> {
  const isNew = await store.putFinding({ job, item: itemOf(row), round, row, reopened: false });
  if (!isNew || !isFailure(row)) return;
  const { instance, code, httpStatus } = row;
  log.warn({ job, instance, code, httpStatus }, explainOutcome(code));
}

function deadLetterOf({ job, round }: PlanPage, row: OutcomeRow): OutgoingMessage {
  const item = itemOf(row);
  return {
    body: deadLetterBody(job, round, item, row.code),
    dedupeId: failureId(job, round, item),
    attributes: { code: row.code, reason: explainOutcome(row.code), job },
  };
}
