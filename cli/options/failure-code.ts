import { UsageError } from '../../functions/core/errors.ts';
import { isOutcomeCode, outcomeClass } from '../../functions/core/outcome.ts';

/** Raises `UsageError` for a `--reason` that no failure can have: a slip of the pen must not look like a job without failures. */
export function requireFailureCode(code: string | undefined): void {
  if (code === undefined || (isOutcomeCode(code) && outcomeClass(code) === 'failure')) return;
  throw new UsageError(`--reason: "${code}" is no code of a failure; "orthanc-migrate failures" shows those of a job`);
}
