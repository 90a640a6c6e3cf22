import { type Extract, extract } from 'tar-stream';
import { damaged } from './archive-error.ts';
import { endOf, lengthOf, NAME_ENCODING, type TarHeader } from './tar-header.ts';
import { TarInput } from './tar-input.ts';

/** Whatever has a header in a tar archive. */
export interface TarEntry {
  readonly header: TarHeader;
  /** Bytes of what lies in the archive. */
  readonly length: number;
  /** Asked for once at most, and read only until the next entry is asked for. */
  content(): AsyncGenerator<Buffer>;
}

type Source = Extract extends AsyncIterable<infer T> ? T : never;

const OPTIONS = {
  /** Bytes that wait at most, rounded up to a piece. */
  highWaterMark: 16 * 1024,
  /** Archives older than POSIX have no mark of their format. */
  allowUnknownFormat: true,
  filenameEncoding: NAME_ENCODING,
};

/** Finds the entries of a tar archive, in its order; reads it to its very end. Raises `ArchiveError`, and what the bytes raise. */
export async function* tarEntries(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<TarEntry, void, undefined> {
  const parser = extract(OPTIONS);
  // From here on its errors come out of this; so before it is fed.
  const entries = parser[Symbol.asyncIterator]();
  const input = new TarInput(bytes, parser);
  let end = 0;
  try {
    for (;;) {
      const next = await input.judged(entries.next());
      if (next.done) break;
      const header = next.value.header as TarHeader;
      const length = lengthOf(header);
      // tar-stream waits for ever where a size is no number at all.
      if (length === undefined) throw damaged('a header in the tar archive states no valid size');
      const body = new TarBody(next.value, length, input);
      yield { header, length, content: () => body.content() };
      await body.skip();
      end = endOf(next.value.offset, length);
    }
    input.verifyEnd(end);
  } finally {
    await entries.return?.();
    await input.close();
  }
}

class TarBody {
  readonly #pieces: AsyncIterator<Buffer, unknown, undefined>;
  readonly #input: TarInput;
  #left: number;

  constructor(entry: Source, length: number, input: TarInput) {
    // The pieces of what was fed in, which are buffers.
    this.#pieces = (entry as AsyncIterable<unknown> as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
    this.#left = length;
    this.#input = input;
  }

  /** Leaving early leaves the rest to `skip`: returning tar-stream's own iterator would end the archive. */
  async *content(): AsyncGenerator<Buffer> {
    for (let piece = await this.#next(); piece; piece = await this.#next()) yield piece;
  }

  async skip(): Promise<void> {
    while (await this.#next());
  }

  async #next(): Promise<Buffer | undefined> {
    if (this.#left === 0) return undefined;
    const next = await this.#input.judged(this.#pieces.next());
    if (next.done) throw damaged('the tar archive ends within a member');
    this.#left -= next.value.length;
    // It gives out the next entry only when it has seen this one to its end.
    if (this.#left === 0) await this.#input.judged(this.#pieces.next());
    return next.value;
  }
}
