import { resolve } from 'node:path';
import { UsageError } from '../../functions/core/errors.ts';
import { copyEvidence } from '../evidence/copy.ts';
import { tallyOf } from '../evidence/tally.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { JobsPlace } from '../jobs-place.ts';
import { addCommonOptions, type CommonTexts } from '../options/general.ts';
import { wantedJob } from '../options/job.ts';
import type { Console } from '../output/console.ts';
import { endEvent, summaryLines } from '../summary/summary.ts';
import { withJobs } from '../with-jobs.ts';
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
    end(await withJobs(console, texts, (place) => report(console, place, id, texts)));
  });
};

async function report(console: Console, place: JobsPlace, id: string | undefined, texts: Texts): Promise<ExitCode> {
  const { progress } = await place.ask('status', wantedJob(id));
  const { job } = progress;
  const state = place.shownState(job);
  const objects = place.evidence(job.id);
  const tally = await tallyOf(objects, job, progress.counts);
  if (texts.output !== undefined && !tally.manifest)
    throw new UsageError(`job ${job.id} has no evidence yet: it is ${state}`);
  const evidence = tally.manifest ? await place.evidencePlace(job.id) : '';
  const told = { job, state, tally, evidence, option: place.option };
  if (texts.json) console.out(JSON.stringify({ ...endEvent(told), event: 'report' }));
  else for (const line of summaryLines(told)) console.out(line);
  if (texts.output === undefined || !tally.manifest) return EXIT.done;
  const folder = resolve(texts.output);
  const { files, problems } = await copyEvidence(objects, tally.manifest, folder);
  if (!texts.json) console.out(`copied ${files} files to ${folder}`);
  for (const problem of problems) console.err(`warning: evidence of job ${job.id}: ${problem}`);
  return problems.length > 0 ? EXIT.needsALook : EXIT.done;
}
