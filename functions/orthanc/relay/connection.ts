import type { Socket } from 'node:net';
import type { Side } from '../../core/answer.ts';
import { type BreakageCause, causeOf, codeOf, Lost, ProtocolError } from './lost.ts';
import { AnswerParser, type ParserEvent } from './parser.ts';

const EMPTY = Buffer.alloc(0);

/** What a socket does with bytes that it read: they may be overwritten as soon as reading goes on. `false` stops reading. */
export type OnRead = (bytes: number, buffer: Uint8Array) => boolean;

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** Milliseconds on the clock of `performance.now`. */
  deadline: number;
  readonly what: string;
}

/**
 * One connection to a server, read on demand into one buffer that is used again and again: Node.js's own streams would allocate
 * for each piece, which costs more than all the rest of a relay. Reading stands still while nobody waits for bytes; this
 * is the backpressure. Every method raises `Lost`, or the reason given to `destroy`, once the connection is gone.
 */
export class Connection {
  readonly side: Side;
  readonly parser = new AnswerParser();
  /** Whether it served another request before the present one. */
  reused = false;
  /** Whether bytes of the present request were handed to the kernel, and whether bytes of its answer came. */
  sent = false;
  received = false;
  idleSince = 0;
  readonly #socket: Socket;
  readonly #secure: boolean;
  readonly #onGone: (connection: Connection) => void;
  #scratch: Buffer = EMPTY;
  #idle = false;
  /** Whether bytes were read that nobody has asked for yet. */
  #unread = false;
  #inUse = false;
  #patienceMs = Number.POSITIVE_INFINITY;
  #ended = false;
  #gone: { readonly reason: unknown } | undefined;
  #reader: Waiting | undefined;
  #writer: Waiting | undefined;

  constructor(
    side: Side,
    bufferBytes: number,
    secure: boolean,
    open: (buffer: Buffer, onRead: OnRead) => Socket,
    onGone: (connection: Connection) => void,
  ) {
    this.side = side;
    this.#secure = secure;
    this.#onGone = onGone;
    this.#socket = open(Buffer.allocUnsafeSlow(bufferBytes), (bytes, buffer) => this.#onRead(bytes, buffer));
    this.#socket.on(secure ? 'secureConnect' : 'connect', () => this.#settleWriter());
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', (error) => this.#onError(error));
    this.#socket.on('close', () => this.#onClose());
  }

  /** A buffer of this length that lives as long as the connection, for a body that came in pieces. */
  scratch(bytes: number): Buffer {
    if (this.#scratch.length < bytes) this.#scratch = Buffer.allocUnsafeSlow(bytes);
    return this.#scratch.subarray(0, bytes);
  }

  get usable(): boolean {
    return this.#gone === undefined && !this.#ended;
  }

  /** Waits until the connection is made, TLS included. */
  connected(patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone) reject(this.#gone.reason);
      else this.#writer = { resolve, reject, deadline: performance.now() + patienceMs, what: 'connect' };
    });
  }

  /** Begins another exchange of request and answer. */
  begin(): void {
    this.#idle = false;
    this.#inUse = false;
    this.sent = false;
    this.received = false;
    this.parser.reset();
  }

  /** Waits unused. Keeps reading, so that an end by the server is seen at once. */
  park(): void {
    this.reused = true;
    this.#idle = true;
    this.idleSince = performance.now();
    this.#socket.resume();
  }

  /**
   * Sends bytes, with an optional text before them in the same write. Returns whether the kernel took all; if not, the bytes
   * must stay as they are until `flushed`.
   */
  write(head: string, bytes?: Uint8Array): boolean {
    if (this.#gone) throw this.#gone.reason;
    if (this.#ended) throw this.destroy(this.lost('reset', 'closed'));
    const socket = this.#socket;
    if (bytes === undefined) socket.write(head, 'latin1', this.#onWritten);
    else if (head === '') socket.write(bytes, this.#onWritten);
    else {
      socket.cork();
      socket.write(head, 'latin1');
      socket.write(bytes, this.#onWritten);
      socket.uncork();
    }
    // An error of a write that failed at once is known here, but raised as an event only later.
    if (socket.errored) throw this.#onError(socket.errored);
    this.sent = true;
    return socket.writableLength === 0;
  }

  /** Waits until the kernel has taken all that was written. */
  flushed(patienceMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone) reject(this.#gone.reason);
      else if (this.#socket.writableLength === 0) resolve();
      else this.#writer = { resolve, reject, deadline: performance.now() + patienceMs, what: 'send' };
    });
  }

  /** The next event of the answer; reads as much as that needs. */
  async event(): Promise<ParserEvent> {
    try {
      for (;;) {
        const event = this.parser.next();
        if (event !== 'more') return event;
        await this.#read();
      }
    } catch (error) {
      if (error instanceof ProtocolError) throw this.destroy(this.lost('protocol', error.message));
      throw error;
    }
  }

  /** How long each wait for bytes may last, the present one included, from now on. */
  waitUpTo(patienceMs: number): void {
    this.#patienceMs = patienceMs;
    if (this.#reader) this.#reader.deadline = performance.now() + patienceMs;
  }

  /** Ends the connection at once: what was not yet sent is discarded. Returns why it is gone. */
  destroy(reason: unknown): unknown {
    if (this.#gone) return this.#gone.reason;
    this.#gone = { reason };
    this.#socket.destroy();
    const { reader, writer } = { reader: this.#reader, writer: this.#writer };
    this.#reader = undefined;
    this.#writer = undefined;
    reader?.reject(reason);
    writer?.reject(reason);
    this.#onGone(this);
    return reason;
  }

  /** Ends the connection when a wait has lasted too long. */
  checkDeadlines(now: number): void {
    for (const waiting of [this.#reader, this.#writer]) {
      if (waiting && waiting.deadline <= now) this.destroy(this.lost('timeout', `${waiting.what} timed out`));
    }
  }

  lost(cause: BreakageCause, detail: string): Lost {
    return new Lost(this.side, { cause, requestSent: this.sent, detail });
  }

  /** Feeds the parser with what comes next. */
  #read(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#gone.reason);
      this.#inUse = this.#unread;
      this.#unread = false;
      if (this.#inUse) return resolve();
      if (this.#ended) {
        this.parser.finish();
        return resolve();
      }
      this.#reader = { resolve, reject, deadline: performance.now() + this.#patienceMs, what: 'receive' };
      this.#socket.resume();
    });
  }

  #onRead(bytes: number, buffer: Uint8Array): boolean {
    if (this.#idle || this.#inUse || this.#unread) {
      // Nothing was asked: whatever this is, the next answer could not be told from it. And bytes in use must not change.
      this.destroy(this.lost('protocol', 'unasked bytes'));
      return false;
    }
    this.received = true;
    this.parser.feed(buffer as Buffer, bytes);
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader) {
      this.#inUse = true;
      reader.resolve();
    } else this.#unread = true;
    return false;
  }

  #onEnd(): void {
    this.#ended = true;
    if (this.#idle) this.destroy(this.lost('reset', 'closed'));
    const reader = this.#reader;
    this.#reader = undefined;
    if (!reader) return;
    this.parser.finish();
    reader.resolve();
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (!error && this.#socket.writableLength === 0) this.#settleWriter();
  };

  #settleWriter(): void {
    const writer = this.#writer;
    this.#writer = undefined;
    writer?.resolve();
  }

  #onError(error: Error): unknown {
    const code = codeOf(error);
    return this.destroy(this.lost(causeOf(code, this.#secure), code ?? 'connection failed'));
  }

  #onClose(): void {
    // After an orderly end whoever reads may still have to learn of it.
    if (this.#ended && !this.#writer) this.#onGone(this);
    else this.destroy(this.lost('reset', 'closed'));
  }
}
