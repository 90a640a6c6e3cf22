import { finalCount } from '../../functions/core/counts.ts';
import type { Progress } from '../../functions/supervise/progress.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { JobsPlace } from '../jobs-place.ts';
import { addCommonOptions, type CommonTexts } from '../options/general.ts';
import { wantedJob } from '../options/job.ts';
import type { Console } from '../output/console.ts';
import { reporterOf } from '../reporters.ts';
import { statusLines } from '../summary/status.ts';
import { watchJob } from '../watch-job.ts';
import { withJobs } from '../with-jobs.ts';
import type { Add } from './command.ts';

type Texts = CommonTexts & { watch?: boolean };

export const addStatus: Add = (program, console, end) => {
  const command = program
    .command('status')
    .summary('show where a job stands')
    .description('Shows where a job stands, also while another process runs it.')
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)');
  command.option('--watch', 'go on until the job has ended, and tell how');
  addCommonOptions(command);
  command.action(async (id: string | undefined, texts: Texts) => {
    end(await withJobs(console, texts, (place) => status(console, place, id, texts)));
  });
};

async function status(console: Console, place: JobsPlace, id: string | undefined, texts: Texts): Promise<ExitCode> {
  const { progress, now } = await place.ask('status', wantedJob(id));
  const { job } = progress;
  if (texts.watch) return watchJob({ console, reporter: reporterOf(console, texts), place, texts }, job.id);
  const state = place.shownState(job);
  const evidence = job.state.startsWith('completed') ? await place.evidencePlace(job.id) : undefined;
  if (texts.json) console.out(JSON.stringify(statusEvent(progress, state, evidence)));
  else {
    const shown = { progress, state, evidence, pid: place.workingPid(), option: place.option };
    for (const line of statusLines(shown, now)) console.out(line);
  }
  return EXIT.done;
}

function statusEvent(progress: Progress, state: string, evidence: string | undefined): object {
  const { job, counts, planned, open, listing, blocked } = progress;
  return {
    event: 'status',
    job: job.id,
    kind: job.kind,
    source: job.source,
    target: job.target,
    state,
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
    evidence,
  };
}
