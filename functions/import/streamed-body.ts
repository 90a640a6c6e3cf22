import { createHash } from 'node:crypto';
import type { Md5 } from '../core/ids.ts';
import type { Body } from '../orthanc/relay/body.ts';

const EMPTY = Buffer.alloc(0);

/** Bytes that come piece by piece, and their MD5. */
export interface Measured {
  readonly size: number;
  readonly md5: Md5;
}

/**
 * Pieces as the body of a POST. Its end is known only when they have ended: then whoever made them has checked them, and `verify` has its
 * say. The upload holds the last piece back until that is done, and sees to it that the size is the announced one.
 */
export class StreamedBody implements Body {
  last = false;
  md5: Md5 | undefined;
  readonly #pieces: AsyncIterator<Buffer>;
  readonly #verify: (md5: Md5) => Promise<void>;
  readonly #release: () => Promise<void>;
  readonly #hash = createHash('md5');

  constructor(
    pieces: AsyncIterable<Buffer>,
    verify: (md5: Md5) => Promise<void> = async () => undefined,
    release: () => Promise<void> = async () => undefined,
  ) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#verify = verify;
    this.#release = release;
  }

  async next(): Promise<Buffer> {
    const { done, value } = await this.#pieces.next();
    if (!done) {
      this.#hash.update(value);
      return value;
    }
    const md5 = this.#hash.digest('hex') as Md5;
    await this.#verify(md5);
    this.md5 = md5;
    this.last = true;
    return EMPTY;
  }

  async close(): Promise<void> {
    try {
      await this.#pieces.return?.();
    } finally {
      await this.#release();
    }
  }
}

/** Reads pieces to their end. */
export async function measured(pieces: AsyncIterable<Buffer>): Promise<Measured> {
  const hash = createHash('md5');
  let size = 0;
  for await (const piece of pieces) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, md5: hash.digest('hex') as Md5 };
}
