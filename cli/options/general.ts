import { resolve } from 'node:path';
import type { Command } from 'commander';
import { UsageError } from '../../functions/core/errors.ts';
import { defaultStateDirectory } from '../local/state-directory.ts';

/** Options of every command, as commander gives them. */
export interface CommonTexts {
  readonly stateDir?: string;
  readonly stack?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export interface RunTexts extends CommonTexts {
  readonly detach?: boolean;
  readonly quiet?: boolean;
}

export function addCommonOptions(command: Command): Command {
  return command
    .optionsGroup('General:')
    .option('--state-dir <dir>', `where jobs are kept (default: ${defaultStateDirectory()})`)
    .option('--stack <name>', 'a stack on AWS instead of this machine (or ORTHANC_MIGRATE_STACK)')
    .option('--json', 'one JSON object a line, on standard output')
    .option('-v, --verbose', 'log to standard error, too; with --stack, tell each request');
}

/** Options of commands that exist with a stack alone. */
export function addStackOptions(command: Command): Command {
  return command
    .optionsGroup('General:')
    .option('--stack <name>', 'the stack on AWS (or ORTHANC_MIGRATE_STACK)')
    .option('--json', 'one JSON object a line, on standard output')
    .option('-v, --verbose', 'tell each request to the stack on standard error');
}

export function addRunOptions(command: Command): Command {
  return addCommonOptions(command)
    .option('--detach', 'with --stack: start the job, and tell its id at once')
    .option('-q, --quiet', 'say nothing unless something needs a look');
}

/** Raises `UsageError`. */
export function stateDirectory({ stateDir }: CommonTexts): string {
  // As of a variable that is not set: the working directory is hardly meant.
  if (stateDir === '') throw new UsageError('--state-dir names nothing; give a directory, or leave the option out');
  return stateDir === undefined ? defaultStateDirectory() : resolve(stateDir);
}
