import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Console } from '../output/console.ts';

/** Adds one command to the program. Its action tells `end` the exit code. */
export type Add = (program: Command, console: Console, end: (code: ExitCode) => void) => void;
