import { damaged, judgeInflating } from './archive-error.ts';

/**
 * Takes bytes out of a stream in the portions that a format has. A piece of the stream need only be valid until the next one is
 * asked for. Raises what the stream raises; broken compressed data as `ArchiveError`.
 */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  #failure: { readonly error: unknown } | undefined;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#source = bytes[Symbol.asyncIterator]();
  }

  /** Whatever comes next, `most` bytes at most, valid until more is asked for; `undefined` at the end. */
  async some(most: number): Promise<Buffer | undefined> {
    while (this.#rest.length === 0) {
      const next = await this.#next();
      if (next.done) return undefined;
      this.#rest = Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength);
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    return piece;
  }

  /** Exactly so many bytes, or those that are left at the end; a copy. */
  async upTo(length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(length);
    let filled = 0;
    while (filled < length) {
      const piece = await this.some(length - filled);
      if (!piece) break;
      filled += piece.copy(bytes, filled);
    }
    return bytes.subarray(0, filled);
  }

  /** Raises `ArchiveError` when the stream ends before. */
  async skip(length: number): Promise<void> {
    for (let left = length; left > 0; ) {
      const piece = await this.some(left);
      if (!piece) throw damaged('the archive ends within a member');
      left -= piece.length;
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    // A stream that failed must not seem to have ended when it is asked again.
    if (this.#failure) throw this.#failure.error;
    try {
      return await this.#source.next();
    } catch (error) {
      this.#failure = { error: judgeInflating(error) };
      throw this.#failure.error;
    }
  }
}
