import type { JobLine } from '../../functions/control/answers.ts';
import { finalCount } from '../../functions/core/counts.ts';
import * as format from '../output/format.ts';
import { tableLines } from '../output/table.ts';

/** Jobs as a table for people. */
export function jobLines(jobs: readonly JobLine[], shownState: (job: JobLine) => string): string[] {
  const rows = jobs.map((job) => [
    job.id,
    job.kind,
    shownState(job),
    format.count(finalCount(job.counts)),
    format.count(job.counts.failure),
    `${job.source} → ${job.target}`,
  ]);
  return tableLines(['JOB', 'KIND', 'STATE', '#INSTANCES', '#FAILED', 'SERVERS'], rows);
}
