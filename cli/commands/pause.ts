import { EXIT } from '../exit-codes.ts';
import { addStackOptions, type CommonTexts } from '../options/general.ts';
import { wantedJob } from '../options/job.ts';
import { requireStack } from '../options/stack.ts';
import { withStack } from '../stack/with-stack.ts';
import type { Add } from './command.ts';

const JOB = 'id of the job, or the beginning or end of it (default: the newest)';

export const addPause: Add = (program, console, end) => {
  const command = program
    .command('pause')
    .summary('let a job of a stack rest')
    .description('Lets a job of a stack rest until it is resumed. What is on the wire still arrives.')
    .argument('[job]', JOB);
  addStackOptions(command);
  command.action(async (id: string | undefined, texts: CommonTexts) => {
    const name = requireStack(command, texts);
    const { job, changed } = await withStack(console, name, texts, ({ ask }) => ask('pause', wantedJob(id)));
    if (texts.json) console.out(JSON.stringify({ job: job.id, state: job.state, reason: job.reason }));
    else if (changed) console.out(`job ${job.id} rests: orthanc-migrate resume ${job.id} --stack ${name}`);
    else console.out(`job ${job.id} had stopped before: ${job.reason?.message ?? job.state}`);
    end(EXIT.done);
  });
};

export const addResume: Add = (program, console, end) => {
  const command = program
    .command('resume')
    .summary('let a job of a stack go on')
    .description('Lets a job of a stack go on that was paused, or that stopped by itself.')
    .argument('[job]', JOB);
  addStackOptions(command);
  command.action(async (id: string | undefined, texts: CommonTexts) => {
    const name = requireStack(command, texts);
    const { job, changed } = await withStack(console, name, texts, ({ ask }) => ask('resume', wantedJob(id)));
    if (texts.json) console.out(JSON.stringify({ job: job.id, state: job.state, reason: job.reason }));
    else if (changed) console.out(`job ${job.id} goes on: ${job.state}`);
    else console.out(`job ${job.id} was at work already: ${job.state}`);
    end(EXIT.done);
  });
};
