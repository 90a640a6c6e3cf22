import { addCounts, type Counts, NO_COUNTS, subtractCounts } from '../core/counts.ts';
import type { Checkpoint, Job } from '../core/job.ts';
import { deadLetterBody } from '../core/messages.ts';
import { explainOutcome, itemOf, type OutcomeRow } from '../core/outcome.ts';
import type { PlanPage } from '../core/plan.ts';
import type { Ports } from '../core/ports.ts';
import { failureId } from '../evidence/failure-id.ts';
import { readReceipt } from '../evidence/receipt.ts';
import { updateJob } from './update-job.ts';

const PAGES_AT_ONCE = 20;
/**
 * Open pages that a tick looks at. Chunks are worked off about in the order of their pages, and a plan may have thousands of pages:
 * what lies behind these is looked at once it moves up.
 */
const OPEN_AT_MOST = 40;

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
    for (const row of await readReceipt(ports.objects, receipt)) {
      if (row.outcome === 'failure' || (row.outcome === 'warning' && row.code === 'DIFFERENT_ORTHANC_ID'))
        await record(ports, page, row);
    }
  }
  await ports.store.markHarvested(page.job, page.round, page.page);
}

async function record({ store, queues, log }: Ports, page: PlanPage, row: OutcomeRow): Promise<void> {
  const { job, round } = page;
  const item = itemOf(row);
  const isNew = await store.putFinding({ job, item, round, row, reopened: false });
  if (row.outcome !== 'failure') return;
  await queues.deadLetter.send([
    {
      body: deadLetterBody(job, round, item, row.code),
      dedupeId: failureId(job, round, item),
      attributes: { code: row.code, reason: explainOutcome(row.code), job },
    },
  ]);
  if (isNew)
    log.warn({ job, instance: row.instance, code: row.code, httpStatus: row.httpStatus }, explainOutcome(row.code));
}
