import { CommanderError } from 'commander';
import { FatalError, MigrationError, messageOf, UsageError } from '../functions/core/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Console, processConsole } from './output/console.ts';
import { createProgram } from './program.ts';

/** Runs the command line with these arguments (without node and script) and returns the exit code. Never raises. */
export async function main(args: readonly string[], console: Console = processConsole()): Promise<ExitCode> {
  hideArguments();
  let code: ExitCode = EXIT.done;
  const program = createProgram(console, (ended) => {
    code = ended;
  });
  for (const command of [program, ...program.commands])
    command.exitOverride().configureOutput({ outputError: () => undefined });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, console, args.includes('-v') || args.includes('--verbose'));
  }
}

/** URLs may hold passwords, and other users can see a command line: from now on they see only the name. */
function hideArguments(): void {
  process.title = 'orthanc-migrate';
}

function explain(error: unknown, console: Console, verbose: boolean): ExitCode {
  if (error instanceof CommanderError) {
    // Help that was asked for has been printed.
    if (error.exitCode === 0) return EXIT.done;
    if (error.code !== 'commander.help') console.err(error.message.replace(/\s*\n\s*/g, ' '));
    return EXIT.usage;
  }
  console.err(`error: ${messageOf(error).replace(/\s*\n\s*/g, ' ')}`);
  if (verbose) for (const line of causesOf(error)) console.err(line);
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof FatalError) return EXIT.fatal;
  return error instanceof MigrationError ? EXIT.usage : EXIT.fatal;
}

function* causesOf(error: unknown): Generator<string> {
  for (let cause = error instanceof Error ? error.cause : undefined; cause; ) {
    yield `  caused by: ${messageOf(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  if (!(error instanceof MigrationError) && error instanceof Error) yield error.stack ?? '';
}
