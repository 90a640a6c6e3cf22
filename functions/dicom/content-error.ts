import { MigrationError } from '../core/errors.ts';
import type { OutcomeCode } from '../core/outcome.ts';

/** A content that cannot be had whole, although its bytes can be read: `outcome` says what it becomes. */
export class ContentError extends MigrationError {
  override readonly name = 'ContentError';
  readonly outcome: OutcomeCode;

  constructor(outcome: OutcomeCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(outcome, message, options);
    this.outcome = outcome;
  }
}

/** A compressed stream is broken, cut, or longer than what it should hold. */
export function broken(cause: unknown): ContentError {
  return new ContentError('FILE_DAMAGED', 'the compressed data is broken', { cause });
}

export function differs(): ContentError {
  return new ContentError('FILE_DAMAGED', 'the compressed data holds another number of bytes than it states');
}

export function followed(): ContentError {
  return new ContentError('FILE_DAMAGED', 'something follows the compressed data');
}
