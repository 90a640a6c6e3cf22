import type { ItemId, JobId } from '../core/ids.ts';
import type { OutcomeRow } from '../core/outcome.ts';
import type { JobStore } from '../core/ports.ts';

const AT_ONCE = 500;

/** The final failures of a job in order: all, or those of one code. */
export async function* failures(store: JobStore, job: JobId, code: string | undefined): AsyncGenerator<OutcomeRow> {
  let after: ItemId | undefined;
  for (;;) {
    const findings = await store.findings(job, after, AT_ONCE);
    for (const { row, reopened, item } of findings) {
      after = item;
      // Those being tried again have no outcome now.
      if (row.outcome === 'failure' && !reopened && (code === undefined || row.code === code)) yield row;
    }
    if (findings.length < AT_ONCE) return;
  }
}
