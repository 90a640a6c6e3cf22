import { resolve } from 'node:path';
import type { Command } from 'commander';
import { defaultStateDirectory } from '../local/state-directory.ts';

/** Options of every command, as commander gives them. */
export interface CommonTexts {
  readonly stateDir?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

export interface RunTexts extends CommonTexts {
  readonly quiet?: boolean;
}

export function addCommonOptions(command: Command): Command {
  return command
    .optionsGroup('General:')
    .option('--state-dir <dir>', `where jobs are kept (default: ${defaultStateDirectory()})`)
    .option('--json', 'one JSON object a line, on standard output')
    .option('-v, --verbose', 'log to standard error, too');
}

export function addRunOptions(command: Command): Command {
  return addCommonOptions(command).option('-q, --quiet', 'say nothing unless something needs a look');
}

export function stateDirectory({ stateDir }: CommonTexts): string {
  return stateDir === undefined ? defaultStateDirectory() : resolve(stateDir);
}
