import type { Body } from '../orthanc/relay/body.ts';
import type { Source } from './source.ts';
import type { Measured } from './streamed-body.ts';

/** A file that is being read before anybody asks for it. Whoever is first gets that; whoever comes later has it read again. */
export class ReadSource implements Source {
  readonly once = false;
  readonly #source: Source;
  #read: Promise<Body> | undefined;

  constructor(source: Source) {
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

  body(): Promise<Body> {
    const read = this.#read;
    this.#read = undefined;
    return read ?? this.#source.body();
  }

  /** What was read can still be had as a body afterwards. */
  async measure(): Promise<Measured> {
    if (!this.#read) return this.#source.measure();
    try {
      const body = await this.#read;
      const { md5 } = body;
      if (md5 !== undefined) return { size: (await body.next()).length, md5 };
    } catch (error) {
      this.#read = undefined;
      throw error;
    }
    return this.#source.measure();
  }

  /** Gives back the memory of what nobody asked for. */
  async close(): Promise<void> {
    const read = this.#read;
    this.#read = undefined;
    const body = await read?.catch(() => undefined);
    await body?.close?.();
  }
}
