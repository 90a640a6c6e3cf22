import zlib from 'node:zlib';
import type { Head } from '../core/content.ts';

/** `raw`: deflated without any header. */
export type Compression = 'zlib' | 'gzip' | 'raw';

/** Compressed bytes that are tried first; where that gives too little, twice as many, and so on. */
const FIRST_INPUT_BYTES = 16 * 1024;
/** A beginning that expands to more is no header of anything: a bomb. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

const INFLATE = { zlib: zlib.inflateSync, gzip: zlib.gunzipSync, raw: zlib.inflateRawSync };
const NOTHING = new Uint8Array(0);

/** The beginning of something that is compressed, from `offset` of `outer` on. Only as much is inflated as is needed. */
export class InflatedHead implements Head {
  /** The compression broke before as much came as was asked for. */
  broken = false;
  readonly #outer: Head;
  readonly #offset: number;
  readonly #compression: Compression;
  #input = 0;
  #output: Uint8Array = NOTHING;
  #ended = false;

  constructor(outer: Head, offset: number, compression: Compression) {
    this.#outer = outer;
    this.#offset = offset;
    this.#compression = compression;
  }

  async read(bytes: number): Promise<Uint8Array> {
    while (this.#output.length < bytes && !this.#ended) await this.#grow();
    return this.#output.subarray(0, bytes);
  }

  async #grow(): Promise<void> {
    this.#input = Math.max(FIRST_INPUT_BYTES, 2 * this.#input);
    const wanted = this.#offset + this.#input;
    const outer = await this.#outer.read(wanted);
    // All there is has been tried then.
    this.#ended = outer.length < wanted;
    try {
      this.#output = INFLATE[this.#compression](outer.subarray(this.#offset), {
        // Gives what there is of a beginning instead of asking for the rest.
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_OUTPUT_BYTES,
      });
    } catch {
      this.#ended = true;
      this.broken = true;
    }
  }
}
