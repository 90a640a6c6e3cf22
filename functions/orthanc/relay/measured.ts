import type { Md5 } from '../../core/ids.ts';
import type { Body } from './body.ts';
import { Mismatch } from './mismatch.ts';

const EMPTY = Buffer.alloc(0);

/**
 * Holds a body to the size that was announced for it, so that no POST is ever completed with other bytes: the piece that reaches
 * the size is given out only as the last one.
 */
export class MeasuredBody implements Body {
  last = false;
  readonly #body: Body;
  readonly #size: number;
  #bytes = 0;
  #held: Buffer = EMPTY;

  /** @param size bytes. */
  constructor(body: Body, size: number) {
    this.#body = body;
    this.#size = size;
  }

  get md5(): Md5 | undefined {
    return this.#body.md5;
  }

  /** Never an empty piece, unless the whole body is. Raises `Mismatch`, and what the body raises. */
  async next(): Promise<Buffer> {
    for (;;) {
      const piece = await this.#body.next();
      this.#bytes += piece.length;
      if (this.#bytes > this.#size) throw new Mismatch(this.#bytes, this.#size);
      if (this.#body.last) return this.#verified(piece);
      if (piece.length === 0) continue;
      if (this.#bytes < this.#size) return piece;
      // The body does not know its end yet: it may still find that something was wrong, or go on.
      this.#held = Buffer.from(piece);
    }
  }

  async close(): Promise<void> {
    await this.#body.close?.();
  }

  #verified(piece: Buffer): Buffer {
    const { md5 } = this.#body;
    if (this.#bytes < this.#size) throw new Mismatch(this.#bytes, this.#size, md5);
    if (md5 === undefined) throw new Error('a whole body has an MD5');
    this.last = true;
    return piece.length === 0 ? this.#held : piece;
  }
}
