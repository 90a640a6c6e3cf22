import type { Command } from 'commander';
import { addEndpointOptions, type EndpointTexts, parseEndpoints } from '../options/endpoints.ts';
import { addRunOptions, type RunTexts } from '../options/general.ts';
import {
  addCheckOption,
  addConflictOption,
  addMaxWaitOption,
  type JobOptionTexts,
  parseJobOptions,
} from '../options/job-options.ts';
import { addLimitOptions, type LimitTexts, parseLimits } from '../options/limits.ts';
import { addSelectionOptions } from '../options/selection.ts';
import { endpointsOfStack, stackOf } from '../options/stack.ts';
import { startOnStack } from '../stack/start-job.ts';
import { startJob } from '../start-job.ts';
import type { Add } from './command.ts';

type Texts = RunTexts & EndpointTexts & JobOptionTexts & LimitTexts & { dryRun?: boolean; restart?: boolean };

export const addReplicate: Add = (program, console, end) => {
  const command: Command = program
    .command('replicate')
    .summary('move what SOURCE holds into TARGET, and prove it')
    .description(
      'Moves what the Orthanc server SOURCE holds into TARGET, and proves it. The same command again ' +
        'goes on where it was interrupted, or compares anew; what is there is never sent again.',
    )
    .argument('<source>', 'URL of the server to read: http://host:8042/; with --stack, the name of an endpoint')
    .argument('<target>', 'the server to write to, likewise')
    .option('--dry-run', 'compare and tell what would be sent; send nothing')
    .option('--restart', 'begin a new job where an unfinished one would be continued');
  addCheckOption(command, ['md5', 'size', 'none']);
  addConflictOption(command);
  addMaxWaitOption(command);
  addLimitOptions(command);
  addSelectionOptions(command);
  addEndpointOptions(command);
  addRunOptions(command);
  command.action(async (source: string, target: string, texts: Texts) => {
    const stack = stackOf(texts);
    const wanted = {
      kind: texts.dryRun ? ('dry-run' as const) : ('replicate' as const),
      options: parseJobOptions(texts),
      limits: parseLimits(texts),
      restart: texts.restart ?? false,
    };
    if (stack !== undefined)
      return end(await startOnStack(console, stack, { ...wanted, ...endpointsOfStack({ source, target }) }, texts));
    end(await startJob(console, { ...wanted, endpoints: parseEndpoints(source, target, texts) }, texts));
  });
};
