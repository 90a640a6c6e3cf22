import type { Extract } from 'tar-stream';
import { damaged, judgeInflating } from './archive-error.ts';

/** An archive ends with two blocks of zeros (POSIX.1-2017, pax, "ustar Interchange Format"). */
const END_BYTES = 1024;

/** Feeds an archive into tar-stream, as fast as that takes it, and sees to what tar-stream leaves open: whether all of it came. */
export class TarInput {
  readonly #parser: Extract;
  readonly #fed: Promise<void>;
  #bytes = 0;
  #zerosAtEnd = 0;
  #failure: { readonly error: unknown } | undefined;

  /** Each piece need only be valid until the next one is asked for. */
  constructor(bytes: AsyncIterable<Uint8Array>, parser: Extract) {
    this.#parser = parser;
    this.#fed = this.#feed(bytes);
  }

  /** What tar-stream makes of the bytes. Raises what the bytes raised, else `ArchiveError` for whatever tar-stream raises. */
  async judged<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.#failure ? this.#failure.error : damaged('the tar archive is damaged or cut', error);
    }
  }

  /**
   * To be asked when tar-stream has found the end. It takes a cut between two members for one, even behind a header that only names
   * the member to come. Raises `ArchiveError`, or what the bytes raised.
   */
  verifyEnd(lastContentEnd: number): void {
    if (this.#failure) throw this.#failure.error;
    if (this.#zerosAtEnd < END_BYTES || this.#bytes < lastContentEnd + END_BYTES) {
      throw damaged('the tar archive is cut: the blocks that mark its end are missing');
    }
  }

  /** Waits until the bytes are closed; tar-stream has to be destroyed before. */
  close(): Promise<void> {
    return this.#fed;
  }

  async #feed(bytes: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const piece of bytes) {
        if (this.#parser.destroyed) return;
        this.#watch(piece);
        const roomLeft = this.#parser.write(Buffer.from(piece));
        if (!roomLeft) await this.#room();
      }
    } catch (error) {
      this.#failure = { error: judgeInflating(error) };
    } finally {
      // After a failure, too: what came before it is given out first.
      this.#parser.end(null);
    }
  }

  #watch(piece: Uint8Array): void {
    const last = piece.subarray(-END_BYTES);
    const zeros = last.length - 1 - last.findLastIndex((byte) => byte !== 0);
    this.#zerosAtEnd = zeros === piece.length ? this.#zerosAtEnd + zeros : zeros;
    this.#bytes += piece.length;
  }

  async #room(): Promise<void> {
    const parser = this.#parser;
    if (parser.destroyed) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        parser.off('drain', done);
        parser.off('close', done);
        resolve();
      };
      parser.once('drain', done);
      parser.once('close', done);
    });
  }
}
