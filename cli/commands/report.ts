import { resolve } from 'node:path';
import { findJob } from '../../functions/control/find-job.ts';
import { UsageError } from '../../functions/core/errors.ts';
import { copyEvidence } from '../evidence/copy.ts';
import { tallyOf } from '../evidence/tally.ts';
import { EXIT } from '../exit-codes.ts';
import { addCommonOptions, type CommonTexts } from '../options/common.ts';
import { shownState } from '../runtime/running.ts';
import { endEvent, summaryLines } from '../summary/summary.ts';
import { withState } from '../with-state.ts';
import type { Add } from './command.ts';

type Texts = CommonTexts & { output?: string };

export const addReport: Add = (program, console, end) => {
  const command = program
    .command('report')
    .summary('show what became of a job, and where its evidence is')
    .description('Shows what became of a job and where its evidence is; with --output, copies the evidence.')
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)')
    .option('--output <dir>', 'copy manifest and outcome files into this directory');
  addCommonOptions(command);
  command.action(async (id: string | undefined, texts: Texts) => {
    await withState(texts, async (state) => {
      const job = await findJob(state.store, id);
      const tally = await tallyOf(state, job);
      if (texts.output !== undefined && !tally.manifest)
        throw new UsageError(`job ${job.id} has no evidence yet: it is ${shownState(state, job)}`);
      const told = { job, state: shownState(state, job), tally, directory: state.directory };
      if (texts.json) console.out(JSON.stringify({ ...endEvent(told), event: 'report' }));
      else for (const line of summaryLines(told)) console.out(line);
      if (texts.output === undefined || !tally.manifest) return;
      const folder = resolve(texts.output);
      const files = await copyEvidence(state.objects, tally.manifest, folder);
      if (!texts.json) console.out(`copied ${files} files to ${folder}`);
    });
    end(EXIT.done);
  });
};
