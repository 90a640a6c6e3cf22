/** What to do about an error; see docs/architecture.md, "Outcomes and retry classes". */
export type RetryClass = 'retry' | 'wait' | 'permanent' | 'skip' | 'conflict' | 'lost' | 'source-gone';

export interface MigrationErrorOptions {
  readonly retryClass?: RetryClass;
  readonly cause?: unknown;
}

/**
 * The base of every error that the product raises on purpose. The message is one line that names what is wrong, where, and
 * what to do; it never holds a credential or patient data.
 */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError';
  readonly code: string;
  readonly retryClass: RetryClass;

  constructor(code: string, message: string, options: MigrationErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryClass = options.retryClass ?? 'permanent';
  }
}

/** The command line or a configuration is wrong: exit code 2. */
export class UsageError extends MigrationError {
  override readonly name = 'UsageError';
  constructor(message: string, options: MigrationErrorOptions = {}) {
    super('USAGE', message, options);
  }
}

/** A job cannot go on, whatever is tried again: exit code 7. */
export class FatalError extends MigrationError {
  override readonly name = 'FatalError';
}

/** Work that must go back to its queue untouched, to be delivered again after a delay. */
export class Postponed extends MigrationError {
  override readonly name = 'Postponed';
  readonly delaySeconds: number;
  constructor(code: string, message: string, delaySeconds: number) {
    super(code, message, { retryClass: 'wait' });
    this.delaySeconds = delaySeconds;
  }
}

/** The text of anything thrown, for a log line. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
