import { type Command, Option } from 'commander';
import type { Check, ConflictPolicy, JobOptions } from '../../functions/core/job.ts';
import { parseDuration } from './duration.ts';
import { parseSelection, type SelectionOptions } from './selection.ts';

/** As commander gives them. */
export interface JobOptionTexts extends SelectionOptions {
  readonly check: Check;
  readonly conflict?: ConflictPolicy;
  readonly maxWait: string;
}

export function addCheckOption(command: Command, choices: readonly Check[]): Command {
  return command.addOption(new Option('--check <how>', 'how equality is proven').choices(choices).default('md5'));
}

export function addConflictOption(command: Command): Command {
  return command.addOption(
    new Option('--conflict <policy>', 'when the target holds other content under the same identity')
      .choices(['keep-target', 'fail', 'overwrite'])
      .default('keep-target'),
  );
}

export function addMaxWaitOption(command: Command): Command {
  return command.option('--max-wait <time>', 'how long to wait for a server that is away (30s, 10m, 24h)', '24h');
}

/** Options of an import, as commander gives them. */
export interface ImportOptionTexts {
  readonly conflict?: ConflictPolicy;
  readonly maxWait: string;
  readonly orphans?: 'import' | 'skip';
  readonly acceptHeaderOnly?: boolean;
}

/** Raises `UsageError`. */
export function parseImportOptions(texts: ImportOptionTexts): JobOptions {
  return {
    selection: {},
    check: 'md5',
    conflict: texts.conflict ?? 'keep-target',
    maxWaitMs: parseDuration('--max-wait', texts.maxWait),
    orphans: texts.orphans ?? 'import',
    acceptHeaderOnly: texts.acceptHeaderOnly ?? false,
  };
}

/** Raises `UsageError`. */
export function parseJobOptions(texts: JobOptionTexts): JobOptions {
  return {
    selection: parseSelection(texts),
    check: texts.check,
    conflict: texts.conflict ?? 'keep-target',
    maxWaitMs: parseDuration('--max-wait', texts.maxWait),
  };
}
