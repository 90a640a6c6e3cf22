import { MigrationError } from '../../core/errors.ts';
import type { OutcomeCode } from '../../core/outcome.ts';

/** Why an archive, or one of its members, cannot be had. `FILE_CHANGED`: the archive itself got shorter while it was read. */
export type ArchiveProblem = Extract<
  OutcomeCode,
  | 'ARCHIVE_DAMAGED'
  | 'ARCHIVE_ENCRYPTED'
  | 'ARCHIVE_LIMIT'
  | 'ARCHIVE_UNSAFE_PATH'
  | 'ARCHIVE_UNSUPPORTED'
  | 'FILE_CHANGED'
>;

/** `outcome` is what becomes of the archive or member. The message names neither: names may be patients'. */
export class ArchiveError extends MigrationError {
  override readonly name = 'ArchiveError';
  readonly outcome: ArchiveProblem;

  constructor(outcome: ArchiveProblem, message: string, options: { readonly cause?: unknown } = {}) {
    super(outcome, message, { retryClass: outcome === 'FILE_CHANGED' ? 'retry' : 'permanent', ...options });
    this.outcome = outcome;
  }
}

export function damaged(message: string, cause?: unknown): ArchiveError {
  return new ArchiveError('ARCHIVE_DAMAGED', message, { cause });
}

/** Broken compressed data (the codes of zlib begin with `Z_`) is damage of the archive; any other error stays what it is. */
export function judgeInflating(error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (error instanceof MigrationError || typeof code !== 'string' || !code.startsWith('Z_')) return error;
  return damaged('compressed data in the archive is damaged or cut', error);
}
