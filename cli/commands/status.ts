import { findJob } from '../../functions/control/find-job.ts';
import { finalCount } from '../../functions/core/counts.ts';
import { type Progress, progressOf } from '../../functions/supervise/progress.ts';
import { evidenceFolder } from '../evidence/manifest.ts';
import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts } from '../options/common.ts';
import { shownState, workingProcess } from '../runtime/running.ts';
import { localPorts, type State } from '../runtime/state.ts';
import { statusLines } from '../summary/status.ts';
import { withState } from '../with-state.ts';
import type { Add } from './command.ts';

export const addStatus: Add = (program, console, end) => {
  const command = program
    .command('status')
    .summary('show where a job stands')
    .description('Shows where a job stands, also while another process runs it.')
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)');
  addCommonOptions(command);
  command.action(async (id: string | undefined, texts: CommonTexts) => {
    await withState(texts, async (state) => {
      const { id: job } = await findJob(state.store, id);
      const progress = await progressOf(localPorts(state), job);
      if (!progress) return;
      if (texts.json) console.out(JSON.stringify(statusEvent(state, progress)));
      else {
        const shown = { progress, state: shownState(state, progress.job), pid: workingProcess(state)?.pid };
        for (const line of statusLines(shown, state.directory, state.clock.now())) console.out(line);
      }
    });
    end(EXIT.done);
  });
};

function statusEvent(state: State, progress: Progress): object {
  const { job, counts, planned, open, listing, blocked } = progress;
  return {
    event: 'status',
    job: job.id,
    kind: job.kind,
    source: job.source,
    target: job.target,
    state: shownState(state, job),
    reason: job.reason,
    round: job.round,
    createdAt: job.createdAt,
    endedAt: job.endedAt,
    scanned: finalCount(counts),
    counts,
    planned,
    open,
    listing,
    blocked,
    evidence: job.endedAt === undefined ? undefined : evidenceFolder(state.directory, job.id),
  };
}
