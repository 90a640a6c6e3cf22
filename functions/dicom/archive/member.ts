import { ArchiveError, type ArchiveProblem } from './archive-error.ts';

/** One file in an archive. */
export interface Member {
  /** Number among the members, from 0, in the archive's order; always the same for the same archive. */
  readonly index: number;
  /** Bytes that are no UTF-8, control characters and `%` are percent-encoded, as in `FileKey`. May hold patient data. */
  readonly name: string;
  /** Bytes, as the archive states it. */
  readonly size: number;
  /** Why it cannot be had, as far as that shows without reading it. */
  readonly problem?: ArchiveProblem;
  /**
   * Its bytes, in pieces that are each valid until the next one is asked for. To be asked for once at most, and to be read only
   * until the next member is asked for; what is not read is skipped. Raises `ArchiveError` (always where there is a `problem`), and whatever reading the archive raises.
   */
  content(): AsyncGenerator<Buffer>;
}

/** A member's turn: the time in which its content may be read. */
export class Turn {
  #content: AsyncGenerator<Buffer> | undefined;
  #over = false;

  open(content: () => AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
    if (this.#over || this.#content) throw new Error('a content is read once, before the next member is asked for');
    this.#content = content();
    return this.#content;
  }

  /** Closes a content that was left in the middle; waits for what it has under way. */
  async end(): Promise<void> {
    this.#over = true;
    await this.#content?.return(undefined);
  }
}

const REASONS: Record<ArchiveProblem, string> = {
  ARCHIVE_DAMAGED: 'the archive holds this member in a form that cannot be read',
  ARCHIVE_ENCRYPTED: 'the member is encrypted',
  ARCHIVE_LIMIT: 'the member expands beyond the limits for archives',
  ARCHIVE_UNSAFE_PATH: 'the name of the member leads out of the archive',
  ARCHIVE_UNSUPPORTED: 'the member is packed in a way that is not supported',
  FILE_CHANGED: 'the archive changed',
};

/** The content of a member that cannot be had. */
// biome-ignore lint/correctness/useYield: it has no bytes to give.
export async function* refused(problem: ArchiveProblem): AsyncGenerator<Buffer> {
  throw new ArchiveError(problem, REASONS[problem]);
}
