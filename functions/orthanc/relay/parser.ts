import { ChunkFraming } from './chunks.ts';
import { type AnswerHead, parseHead } from './head.ts';
import { ProtocolError } from './lost.ts';

const MAX_HEAD_BYTES = 32 * 1024;
/** More than any server sends before its answer. */
const MAX_INTERIM_ANSWERS = 32;
const EMPTY = Buffer.alloc(0);

/** `cut`: the connection was closed in an orderly way (FIN) before the answer was complete. */
export type ParserEvent = 'more' | 'head' | 'piece' | 'end' | 'cut';

type State = 'head' | 'length' | 'chunked' | 'until-close' | 'end';

/**
 * Parses the answers on one connection, without copying bodies: feed it what was read, then ask for the next event until it
 * wants more. A `piece` is `buffer[start, end)`, valid until the next `feed`. Answers 1xx are skipped.
 */
export class AnswerParser {
  head: AnswerHead = { status: 0, chunked: false, keepAlive: false, encoded: false };
  buffer: Buffer = EMPTY;
  start = 0;
  end = 0;
  #position = 0;
  #filled = 0;
  #state: State = 'head';
  #remaining = 0;
  #headText = '';
  #interim = 0;
  #finished = false;
  readonly #chunks = new ChunkFraming();

  /** Prepares for the next answer on the same connection. */
  reset(): void {
    this.#state = 'head';
    this.#headText = '';
    this.#interim = 0;
  }

  feed(buffer: Buffer, length: number): void {
    this.buffer = buffer;
    this.#position = 0;
    this.#filled = length;
  }

  /** The server has sent all that it will ever send. */
  finish(): void {
    this.#finished = true;
  }

  /** Whether bytes were fed that belong to no answer. */
  get surplus(): boolean {
    return this.#position < this.#filled;
  }

  /** Whether a `piece` just given was the last one, as told by Content-Length. */
  get complete(): boolean {
    return this.#state === 'length' && this.#remaining === 0;
  }

  /** Raises `ProtocolError`. */
  next(): ParserEvent {
    switch (this.#state) {
      case 'head':
        return this.#readHead();
      case 'length':
        return this.#readLength();
      case 'chunked':
        return this.#readChunk();
      case 'until-close':
        return this.#position < this.#filled ? this.#piece(this.#filled) : this.#finished ? this.#ended() : 'more';
      case 'end':
        return 'end';
    }
  }

  #readHead(): ParserEvent {
    for (;;) {
      const text = this.#headLines();
      if (text === undefined) return this.#wanting();
      this.#headText = '';
      this.head = parseHead(text);
      const { status } = this.head;
      if (status === 101) throw new ProtocolError('unasked 101');
      if (status < 200) {
        if (++this.#interim > MAX_INTERIM_ANSWERS) throw new ProtocolError('too many interim answers');
        continue;
      }
      this.#state = this.#framing(this.head);
      return 'head';
    }
  }

  /** Takes bytes until the empty line that ends a head, and returns the text before it. */
  #headLines(): string | undefined {
    const from = this.#position;
    if (from === this.#filled) return undefined;
    if (this.#headText === '') {
      // The usual case: the whole head came in one piece.
      const at = this.buffer.indexOf('\r\n\r\n', from, 'latin1');
      if (at >= 0 && at < this.#filled - 3) {
        if (at - from > MAX_HEAD_BYTES) throw new ProtocolError('head too long');
        this.#position = at + 4;
        return this.buffer.toString('latin1', from, at);
      }
    }
    const before = this.#headText.length;
    const taken = Math.min(this.#filled - from, MAX_HEAD_BYTES + 4 - before);
    this.#headText += this.buffer.toString('latin1', from, from + taken);
    const at = this.#headText.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (at >= 0) {
      this.#position = from + at + 4 - before;
      return this.#headText.slice(0, at);
    }
    this.#position = from + taken;
    if (this.#headText.length >= MAX_HEAD_BYTES + 4) throw new ProtocolError('head too long');
    return undefined;
  }

  #framing(head: AnswerHead): State {
    if (head.status === 204 || head.status === 304) {
      this.#remaining = 0;
      return 'length';
    }
    if (head.chunked) {
      this.#chunks.reset();
      return 'chunked';
    }
    if (head.contentLength === undefined) return 'until-close';
    this.#remaining = head.contentLength;
    return 'length';
  }

  #readLength(): ParserEvent {
    if (this.#remaining === 0) return this.#ended();
    if (this.#position === this.#filled) return this.#wanting();
    const end = Math.min(this.#filled, this.#position + this.#remaining);
    this.#remaining -= end - this.#position;
    return this.#piece(end);
  }

  #readChunk(): ParserEvent {
    this.#position = this.#chunks.read(this.buffer, this.#position, this.#filled);
    if (this.#chunks.ended) return this.#ended();
    if (this.#position === this.#filled) return this.#wanting();
    const end = Math.min(this.#filled, this.#position + this.#chunks.remaining);
    this.#chunks.take(end - this.#position);
    return this.#piece(end);
  }

  #piece(end: number): ParserEvent {
    this.start = this.#position;
    this.end = end;
    this.#position = end;
    return 'piece';
  }

  #ended(): ParserEvent {
    this.#state = 'end';
    return 'end';
  }

  #wanting(): ParserEvent {
    return this.#finished ? 'cut' : 'more';
  }
}
