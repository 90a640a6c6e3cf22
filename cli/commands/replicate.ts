import type { Command } from 'commander';
import type { JobKind } from '../../functions/core/job.ts';
import { cancelJob, requestJob, resumeJob } from '../../functions/supervise/requests.ts';
import { assessFirst } from '../assess.ts';
import type { ExitCode } from '../exit-codes.ts';
import { newJobId } from '../jobs/job-id.ts';
import { unfinishedJob } from '../jobs/same-job.ts';
import { MemoryEndpoints } from '../local/endpoints.ts';
import { addRunOptions, type RunTexts, stateDirectory } from '../options/common.ts';
import { addEndpointOptions, type EndpointPair, type EndpointTexts, parseEndpoints } from '../options/endpoints.ts';
import {
  addCheckOption,
  addConflictOption,
  addMaxWaitOption,
  type JobOptionTexts,
  parseJobOptions,
} from '../options/job-options.ts';
import { addLimitOptions, changeLimits, type LimitTexts, parseLimits } from '../options/limits.ts';
import { addSelectionOptions } from '../options/selection.ts';
import type { Console } from '../output/console.ts';
import { reporterOf } from '../reporters.ts';
import { runJob } from '../run-job.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { openState } from '../runtime/state.ts';

type Texts = RunTexts & EndpointTexts & JobOptionTexts & LimitTexts & { dryRun?: boolean; restart?: boolean };

export function addReplicate(program: Command, console: Console, end: (code: ExitCode) => void): void {
  const command = program
    .command('replicate')
    .summary('move what SOURCE holds into TARGET, and prove it')
    .description('Moves what the Orthanc server SOURCE holds into TARGET, keeps it there, and proves it.')
    .argument('<source>', 'URL of the server to read: http://host:8042/')
    .argument('<target>', 'URL of the server to write to')
    .option('--dry-run', 'compare and tell what would be sent; send nothing')
    .option('--restart', 'begin a new job where an unfinished one would be continued');
  addCheckOption(command);
  addConflictOption(command);
  addMaxWaitOption(command);
  addLimitOptions(command);
  addSelectionOptions(command);
  addEndpointOptions(command);
  addRunOptions(command);
  command.action(async (source: string, target: string, texts: Texts) =>
    end(await replicate(console, parseEndpoints(source, target, texts), texts.dryRun ? 'dry-run' : 'replicate', texts)),
  );
}

/** Runs a job of a kind over two servers: goes on with the unfinished one of the same identity, or begins a new one. */
export async function replicate(
  console: Console,
  endpoints: EndpointPair,
  kind: JobKind,
  texts: Omit<Texts, 'dryRun'>,
): Promise<ExitCode> {
  const options = parseJobOptions(texts);
  const limits = parseLimits(texts);
  const reporter = reporterOf(console, texts);
  const { source, target } = endpoints;
  await assessFirst(endpoints, kind, options, reporter);
  const state = openState({ directory: stateDirectory(texts), verbose: texts.verbose ?? false });
  const begin = async ({ ports, forgetMessages }: Pick<Runtime, 'ports' | 'forgetMessages'>) => {
    await changeLimits(ports.store, target.name, limits);
    const identity = { kind, source: source.name, target: target.name, selection: options.selection };
    const unfinished = unfinishedJob(await ports.store.jobs(), identity);
    if (unfinished && texts.restart) await cancelJob(ports, unfinished.id);
    else if (unfinished) {
      if (unfinished.state === 'stopped') forgetMessages();
      const resumed = await resumeJob(ports, unfinished.id, options);
      return { job: resumed ?? unfinished, how: 'resumed' as const };
    }
    const id = newJobId(ports.clock.now());
    const job = await requestJob(ports, { id, kind, source: source.name, target: target.name, options });
    return { job, how: 'new' as const };
  };
  try {
    return await runJob({
      console,
      reporter,
      state,
      endpoints: new MemoryEndpoints([source, target]),
      json: texts.json ?? false,
      quiet: texts.quiet ?? false,
      begin: (runtime) => begin({ ports: runtime.ports, forgetMessages: () => runtime.forgetMessages() }),
    });
  } finally {
    state.close();
  }
}
