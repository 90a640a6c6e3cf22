import { CommanderError } from 'commander';
import { maskUrl } from '../functions/core/endpoint-url.ts';
import { FatalError, MigrationError, messageOf, UsageError } from '../functions/core/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Console, processConsole } from './output/console.ts';
import { createProgram } from './program.ts';

/** Runs the command line with these arguments (without node and script) and returns the exit code. Never raises. */
export async function main(args: readonly string[], given?: Console): Promise<ExitCode> {
  hideArguments();
  const console = given ?? (await processConsole());
  let code: ExitCode = EXIT.done;
  const program = createProgram(console, (ended) => {
    code = ended;
  });
  let refusing = program.name();
  for (const command of [program, ...program.commands]) {
    const outputError = () => {
      if (command !== program) refusing = `${program.name()} ${command.name()}`;
    };
    command.exitOverride().configureOutput({ outputError });
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return refuse(error, console, refusing, args);
    return explain(error, console, args.includes('-v') || args.includes('--verbose'));
  }
}

/** URLs may hold passwords, and other users can see a command line: from now on they see only the name. */
function hideArguments(): void {
  process.title = 'orthanc-migrate';
}

function refuse(error: CommanderError, console: Console, command: string, args: readonly string[]): ExitCode {
  // Help that was asked for has been printed.
  if (error.exitCode === 0) return EXIT.done;
  if (error.code !== 'commander.help')
    console.err(`${oneLine(withoutCredentials(error.message, args))}; see "${command} --help"`);
  return EXIT.usage;
}

/** Commander quotes arguments that it does not expect: URLs with passwords among them. */
function withoutCredentials(text: string, args: readonly string[]): string {
  const urls = args.flatMap((arg) => [arg, arg.slice(arg.indexOf('=') + 1)]).filter((arg) => arg.includes('@'));
  return urls.reduce((masked, url) => masked.replaceAll(url, () => maskUrl(url)), text);
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').replace(/\.$/, '');
}

function explain(error: unknown, console: Console, verbose: boolean): ExitCode {
  console.err(`error: ${oneLine(messageOf(error))}`);
  if (verbose) for (const line of causesOf(error)) console.err(line);
  if (error instanceof UsageError) return EXIT.usage;
  // What a port raised while no job ran yet, or no longer.
  if (error instanceof FatalError || (error instanceof Error && error.cause instanceof FatalError)) return EXIT.fatal;
  return error instanceof MigrationError ? EXIT.usage : EXIT.fatal;
}

function* causesOf(error: unknown): Generator<string> {
  for (let cause = error instanceof Error ? error.cause : undefined; cause; ) {
    yield `  caused by: ${messageOf(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  if (!(error instanceof MigrationError) && error instanceof Error) yield error.stack ?? '';
}
