import { addCounts, finalCount } from '../../functions/core/counts.ts';
import { progressOf } from '../../functions/supervise/progress.ts';
import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts } from '../options/common.ts';
import * as format from '../output/format.ts';
import { tableLines } from '../output/table.ts';
import { shownState } from '../runtime/running.ts';
import { withState } from '../with-state.ts';
import type { Add } from './command.ts';

export const addJobs: Add = (program, console, end) => {
  const command = program.command('jobs').summary('list all jobs').description('Lists all jobs, the newest first.');
  addCommonOptions(command);
  command.action(async (texts: CommonTexts) => {
    await withState(texts, async (state) => {
      const jobs = await Promise.all(
        (await state.store.jobs()).map(async (job) => ({
          job,
          state: shownState(state, job),
          counts: (await progressOf(state, job.id))?.counts ?? addCounts(job.settled, job.harvested.counts),
        })),
      );
      if (texts.json)
        for (const { job, counts, ...shown } of jobs) {
          const { id, kind, source, target, createdAt, endedAt, reason } = job;
          console.out(JSON.stringify({ job: id, kind, ...shown, source, target, createdAt, endedAt, reason, counts }));
        }
      else {
        const rows = jobs.map(({ job, counts, ...shown }) => [
          job.id,
          job.kind,
          shown.state,
          format.count(finalCount(counts)),
          format.count(counts.failure),
          `${job.source} → ${job.target}`,
        ]);
        for (const line of tableLines(['JOB', 'KIND', 'STATE', '#INSTANCES', '#FAILED', 'SERVERS'], rows))
          console.out(line);
      }
    });
    end(EXIT.done);
  });
};
