import type { Command } from 'commander';
import { UsageError } from '../../functions/core/errors.ts';
import { type Job, readsDump, type Selection } from '../../functions/core/job.ts';
import { checkEvidence } from '../evidence/check.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { addEndpointOptions, type EndpointTexts, parseEndpoints, parseEndpointsOf } from '../options/endpoints.ts';
import { addRunOptions, type RunTexts } from '../options/general.ts';
import { addCheckOption, addMaxWaitOption, type JobOptionTexts, parseJobOptions } from '../options/job-options.ts';
import { addSelectionOptions } from '../options/selection.ts';
import { endpointsOfStack, stackOf } from '../options/stack.ts';
import type { Console } from '../output/console.ts';
import { count } from '../output/format.ts';
import { reporterOf } from '../reporters.ts';
import { startOnStack } from '../stack/start-job.ts';
import { startJob } from '../start-job.ts';
import { withJobs } from '../with-jobs.ts';
import type { Add } from './command.ts';

type Texts = RunTexts & EndpointTexts & JobOptionTexts & { job?: string; restart?: boolean };

export const addVerify: Add = (program, console, end) => {
  const command: Command = program
    .command('verify')
    .summary('compare two servers, or check the evidence of a job and compare again')
    .description(
      'Compares what the Orthanc servers SOURCE and TARGET recorded of each instance, and changes nothing. With --job, ' +
        'first checks the evidence of that job, then compares its servers in the same selection; of an import, only the evidence.',
    )
    .argument(
      '[source]',
      'URL of the server that has what is to be found in the other; with --stack, the name of an endpoint',
    )
    .argument('[target]', 'the other server, likewise')
    .option('--job <id>', 'the job whose evidence, servers and selection are meant')
    .option('--restart', 'begin anew where an unfinished comparison would be continued');
  addCheckOption(command, ['md5', 'size']);
  addMaxWaitOption(command);
  addSelectionOptions(command);
  addEndpointOptions(command);
  addRunOptions(command);
  command.action(async (source: string | undefined, target: string | undefined, texts: Texts) => {
    const options = parseJobOptions(texts);
    const stack = stackOf(texts);
    const compare = (servers: Servers, selection: Selection): Promise<ExitCode> => {
      const wanted = { kind: 'verify' as const, limits: {}, restart: texts.restart ?? false };
      const selected = { ...options, selection };
      if (stack !== undefined)
        return startOnStack(console, stack, { ...wanted, ...endpointsOfStack(servers), options: selected }, texts);
      const { job } = servers;
      const endpoints = job
        ? parseEndpointsOf(job, { ...texts, source: servers.source, target: servers.target })
        : parseEndpoints(servers.source, servers.target, texts);
      return startJob(console, { ...wanted, endpoints, options: selected }, texts);
    };
    if (texts.job === undefined) {
      if (source === undefined || target === undefined) throw new UsageError('give SOURCE and TARGET, or --job ID');
      return end(await compare({ source, target }, options.selection));
    }
    if (Object.keys(options.selection).length > 0)
      throw new UsageError('--job brings the selection of that job: give no other one');
    const { job, code } = await checkJob(console, texts.job, texts);
    if (readsDump(job.kind)) {
      if (source !== undefined)
        throw new UsageError(`job ${job.id} is an import: to compare two servers, give them without --job`);
      reporterOf(console, texts).note(
        'its source is no server: the same import again compares every file with the target',
      );
      return end(code);
    }
    const servers = { job, source: source ?? job.source, target: target ?? job.target };
    const compared = await compare(servers, job.options.selection);
    end(compared === EXIT.done ? code : compared);
  });
};

interface Servers {
  readonly source: string;
  readonly target: string;
  /** Whose servers they are. */
  readonly job?: Job;
}

/** Checks the evidence of a job and tells what is wrong with it. */
async function checkJob(console: Console, id: string, texts: RunTexts): Promise<{ job: Job; code: ExitCode }> {
  return withJobs(console, texts, async (place) => {
    const { job } = (await place.ask('status', { job: id })).progress;
    const reporter = reporterOf(console, texts);
    const { files, rows, problems } = await checkEvidence(place.evidence(job.id), job);
    for (const problem of problems) reporter.warning('EVIDENCE_DAMAGED', `evidence of job ${job.id}: ${problem}`);
    if (problems.length > 0) return { job, code: EXIT.needsALook };
    reporter.note(
      `evidence of job ${job.id}: ${files} file${files === 1 ? '' : 's'}, ${count(rows)} rows, as its manifest says`,
    );
    return { job, code: EXIT.done };
  });
}
