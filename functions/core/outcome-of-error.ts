import { MigrationError } from './errors.ts';
import { isOutcomeCode, type OutcomeCode } from './outcome.ts';

/** The outcome that an error in reading a file stands for; `undefined` for any other error. */
export function outcomeOfError(error: unknown): OutcomeCode | undefined {
  return error instanceof MigrationError && isOutcomeCode(error.code) ? error.code : undefined;
}
