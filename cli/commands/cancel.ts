import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts } from '../options/general.ts';
import { wantedJob } from '../options/job.ts';
import { withJobs } from '../with-jobs.ts';
import type { Add } from './command.ts';

export const addCancel: Add = (program, console, end) => {
  const command = program
    .command('cancel')
    .summary('end a job for good')
    .description('Ends a job for good, also one that runs in another process. What was moved stays where it is.')
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)');
  addCommonOptions(command);
  command.action(async (id: string | undefined, texts: CommonTexts) => {
    const { job, changed } = await withJobs(console, texts, ({ ask }) => ask('cancel', wantedJob(id)));
    if (texts.json) console.out(JSON.stringify({ job: job.id, state: job.state }));
    else if (changed) console.out(`job ${job.id} is ${job.state}; what it moved stays in ${job.target}`);
    else console.out(`job ${job.id} had ended before: ${job.state}`);
    end(EXIT.done);
  });
};
