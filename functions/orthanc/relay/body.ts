import type { Md5 } from '../../core/ids.ts';

/** What becomes the body of a POST, piece by piece. */
export interface Body {
  /**
   * The next piece, valid until the one after it is asked for. The last piece is given out only once the whole is known to be right:
   * Orthanc stores nothing of a POST that is aborted before its last byte.
   */
  next(): Promise<Buffer>;
  /** Whether the piece given last was the last one. */
  readonly last: boolean;
  /** Of all pieces; valid once `last` is true. */
  readonly md5: Md5 | undefined;
  /**
   * Releases what the body is read from. Called once, when no piece is in use and none is being waited for, however the POST goes.
   * Whether it fails is of no interest: every byte was right, or none is stored.
   */
  close?(): Promise<void>;
}
