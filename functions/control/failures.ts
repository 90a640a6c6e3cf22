import type { ItemId, JobId } from '../core/ids.ts';
import { itemOf, type OutcomeRow } from '../core/outcome.ts';
import type { Finding, JobStore, Ports } from '../core/ports.ts';
import type { Answers } from './answers.ts';
import { findJob } from './find-job.ts';
import type { Requests } from './requests.ts';

const AT_ONCE = 500;
/** Of one page, as JSON: an invocation answers with 6 MB at most. */
const MOST_BYTES = 4_000_000;

/** The final failures of a job in order, after this item: all, or those of one code. */
export async function* failures(
  store: Pick<JobStore, 'findings'>,
  job: JobId,
  code: string | undefined,
  after?: ItemId,
): AsyncGenerator<OutcomeRow> {
  for (let last = after; ; ) {
    const findings: readonly Finding[] = await store.findings(job, last, AT_ONCE);
    for (const { row, reopened, item } of findings) {
      last = item;
      // Those being tried again have no outcome now.
      if (row.outcome === 'failure' && !reopened && (code === undefined || row.code === code)) yield row;
    }
    if (findings.length < AT_ONCE) return;
  }
}

/** One page of them. */
export async function listFailures(
  { store }: Pick<Ports, 'store'>,
  { job, code, after, limit }: Requests['failures'],
): Promise<Answers['failures']> {
  const { id, kind } = await findJob(store, job);
  const rows: OutcomeRow[] = [];
  let bytes = 0;
  for await (const row of failures(store, id, code, after as ItemId | undefined)) {
    bytes += Buffer.byteLength(JSON.stringify(row));
    const last = rows.at(-1);
    if (last && (rows.length === limit || bytes > MOST_BYTES)) return { job: { id, kind }, rows, next: itemOf(last) };
    rows.push(row);
  }
  return { job: { id, kind }, rows };
}
