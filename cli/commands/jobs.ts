import type { JobLine } from '../../functions/control/answers.ts';
import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts } from '../options/general.ts';
import * as format from '../output/format.ts';
import { jobLines } from '../summary/jobs.ts';
import { withJobs } from '../with-jobs.ts';
import type { Add } from './command.ts';

export const addJobs: Add = (program, console, end) => {
  const command = program.command('jobs').summary('list all jobs').description('Lists all jobs, the newest first.');
  addCommonOptions(command);
  command.action(async (texts: CommonTexts) => {
    await withJobs(console, texts, async ({ ask, shownState }) => {
      const { jobs, older } = await ask('jobs', {});
      if (texts.json) for (const job of jobs) console.out(JSON.stringify(eventOf(job, shownState(job))));
      else for (const line of jobLines(jobs, shownState)) console.out(line);
      if (older > 0) console.err(`${format.count(older)} older jobs are not shown`);
    });
    end(EXIT.done);
  });
};

function eventOf({ id, kind, source, target, createdAt, endedAt, reason, counts }: JobLine, state: string): object {
  return { job: id, kind, state, source, target, createdAt, endedAt, reason, counts };
}
