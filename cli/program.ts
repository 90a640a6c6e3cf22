import { Command } from 'commander';
import { addReplicate } from './commands/replicate.ts';
import { EXIT_CODE_HELP, type ExitCode } from './exit-codes.ts';
import type { Console } from './output/console.ts';

/** The command line. `end` is told the exit code of a command that was run. */
export function createProgram(console: Console, end: (code: ExitCode) => void): Command {
  const program = new Command('orthanc-migrate')
    .description('Moves the content of one Orthanc DICOM server into another, and proves it.')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODE_HELP);
  for (const add of [addReplicate]) add(program, console, end);
  return program;
}
