import { findJob } from '../../functions/control/find-job.ts';
import { hasWorkLeft } from '../../functions/control/same-job.ts';
import { cancelJob } from '../../functions/supervise/requests.ts';
import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts } from '../options/common.ts';
import { localPorts } from '../runtime/state.ts';
import { withState } from '../with-state.ts';
import type { Add } from './command.ts';

export const addCancel: Add = (program, console, end) => {
  const command = program
    .command('cancel')
    .summary('end a job for good')
    .description('Ends a job for good, also one that runs in another process. What was moved stays where it is.')
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)');
  addCommonOptions(command);
  command.action(async (id: string | undefined, texts: CommonTexts) => {
    await withState(texts, async (state) => {
      const job = await findJob(state.store, id);
      if (hasWorkLeft(job)) await cancelJob(localPorts(state), job.id);
      const now = (await state.store.job(job.id))?.state ?? job.state;
      if (texts.json) console.out(JSON.stringify({ job: job.id, state: now }));
      else if (hasWorkLeft(job)) console.out(`job ${job.id} is ${now}; what it moved stays in ${job.target}`);
      else console.out(`job ${job.id} had ended before: ${now}`);
    });
    end(EXIT.done);
  });
};
