import { ProtocolError } from './lost.ts';

const CR = 13;
const LF = 10;
/** Enough for 2^52 bytes; a longer number is an attack or garbage. */
const MAX_DIGITS = 13;
/** Extensions and trailers are ignored, but not without end. */
const MAX_IGNORED_BYTES = 16 * 1024;

type State =
  | 'size'
  | 'extension'
  | 'size-lf'
  | 'data'
  | 'data-cr'
  | 'data-lf'
  | 'trailer'
  | 'trailer-line'
  | 'trailer-lf'
  | 'end-lf';

/**
 * Reads the framing of a chunked body (RFC 9112, 7.1) byte by byte; the data itself is left to the caller, who takes up to
 * `remaining` bytes at a time and reports them with `take`.
 */
export class ChunkFraming {
  /** Bytes of data that come next; 0 while framing is read. */
  remaining = 0;
  ended = false;
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  #ignored = 0;

  reset(): void {
    this.remaining = 0;
    this.ended = false;
    this.#state = 'size';
    this.#size = 0;
    this.#digits = 0;
    this.#ignored = 0;
  }

  /** Counts data that was taken. */
  take(bytes: number): void {
    this.remaining -= bytes;
  }

  /** Reads framing from `start` until data or the end of the body comes; returns where it stopped. Raises `ProtocolError`. */
  read(buffer: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.remaining === 0 && !this.ended) this.#byte(buffer[at++] ?? 0);
    return at;
  }

  #byte(byte: number): void {
    switch (this.#state) {
      case 'size':
        this.#sizeByte(byte);
        return;
      case 'extension':
        if (byte === CR) this.#state = 'size-lf';
        else this.#ignore(byte);
        return;
      case 'size-lf':
        this.#expect(byte, LF);
        this.#begin();
        return;
      case 'data-cr':
        this.#expect(byte, CR);
        this.#state = 'data-lf';
        return;
      case 'data-lf':
        this.#expect(byte, LF);
        this.#state = 'size';
        return;
      case 'trailer':
        if (byte === CR) this.#state = 'end-lf';
        else {
          this.#ignore(byte);
          this.#state = 'trailer-line';
        }
        return;
      case 'trailer-line':
        if (byte === CR) this.#state = 'trailer-lf';
        else this.#ignore(byte);
        return;
      case 'trailer-lf':
        this.#expect(byte, LF);
        this.#state = 'trailer';
        return;
      case 'end-lf':
        this.#expect(byte, LF);
        this.ended = true;
        return;
    }
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      if (++this.#digits > MAX_DIGITS) throw new ProtocolError('chunk too large');
      this.#size = this.#size * 16 + digit;
      return;
    }
    if (this.#digits === 0) throw new ProtocolError('malformed chunk size');
    // `;` begins an extension, blanks before it are tolerated.
    if (byte === CR) this.#state = 'size-lf';
    else if (byte === 0x3b || byte === 0x20 || byte === 0x09) this.#state = 'extension';
    else throw new ProtocolError('malformed chunk size');
  }

  #begin(): void {
    this.remaining = this.#size;
    this.#state = this.#size === 0 ? 'trailer' : 'data-cr';
    this.#size = 0;
    this.#digits = 0;
  }

  #ignore(byte: number): void {
    if (byte === LF) throw new ProtocolError('bare line feed');
    if (++this.#ignored > MAX_IGNORED_BYTES) throw new ProtocolError('chunk extensions or trailers too long');
  }

  #expect(byte: number, wanted: number): void {
    if (byte !== wanted) throw new ProtocolError('malformed chunk');
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
