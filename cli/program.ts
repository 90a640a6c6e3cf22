import { Command } from 'commander';
import { addCancel } from './commands/cancel.ts';
import { addDoctor } from './commands/doctor.ts';
import { addFailures } from './commands/failures.ts';
import { addImport } from './commands/import.ts';
import { addJobs } from './commands/jobs.ts';
import { addLimits } from './commands/limits.ts';
import { addPause, addResume } from './commands/pause.ts';
import { addReplicate } from './commands/replicate.ts';
import { addReport } from './commands/report.ts';
import { addRetry } from './commands/retry.ts';
import { addSmoke } from './commands/smoke.ts';
import { addStatus } from './commands/status.ts';
import { addVerify } from './commands/verify.ts';
import { addWorker } from './commands/worker.ts';
import { EXIT_CODE_HELP, type ExitCode } from './exit-codes.ts';
import type { Console } from './output/console.ts';
import { version } from './version.ts';

const COMMANDS = [
  addReplicate,
  addImport,
  addVerify,
  addStatus,
  addJobs,
  addFailures,
  addRetry,
  addCancel,
  addPause,
  addResume,
  addReport,
  addLimits,
  addDoctor,
  addSmoke,
  addWorker,
];

/** The command line. `end` is told the exit code of a command that was run. */
export function createProgram(console: Console, end: (code: ExitCode) => void): Command {
  const program = new Command('orthanc-migrate')
    .description('Moves the content of one Orthanc DICOM server into another, and proves it.')
    .version(version(), '--version')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODE_HELP);
  for (const add of COMMANDS) add(program, console, end);
  return program;
}
