import type { Body } from '../orthanc/relay/body.ts';
import type { FileSource, Source } from './source.ts';
import type { Measured } from './streamed-body.ts';

/**
 * A file that is being read before anybody asks for it. Whoever is first gets that, unless the file has changed since; whoever comes
 * later has it read again.
 */
export class ReadSource implements Source {
  readonly once = false;
  readonly #source: FileSource;
  #read: Promise<Body> | undefined;

  constructor(source: FileSource) {
    this.#source = source;
    this.#read = source.body();
    // Whether that went wrong is told to whoever asks for it.
    this.#read.catch(() => undefined);
  }

  get size(): number | undefined {
    return this.#source.size;
  }

  /** Returns once it was read, well or not. */
  async settled(): Promise<void> {
    await this.#read?.catch(() => undefined);
  }

  async body(): Promise<Body> {
    await this.#discardChanged();
    const read = this.#read;
    this.#read = undefined;
    return read ?? this.#source.body();
  }

  /** What was read can still be had as a body afterwards. */
  async measure(): Promise<Measured> {
    await this.#discardChanged();
    const body = await this.#read;
    const { md5 } = body ?? {};
    return body && md5 !== undefined ? { size: (await body.next()).length, md5 } : this.#source.measure();
  }

  /** It may have waited for long: somebody who was still writing it has gone on, and the file is to be taken as it is now. */
  async #discardChanged(): Promise<void> {
    const same = await this.#read?.then(
      () => this.#source.isSame().catch(() => false),
      () => false,
    );
    if (same === false) await this.close();
  }

  /** Gives back the memory of what nobody asked for. */
  async close(): Promise<void> {
    const read = this.#read;
    this.#read = undefined;
    const body = await read?.catch(() => undefined);
    await body?.close?.();
  }
}
