import type { Socket } from 'node:net';
import type { Side } from '../../core/answer.ts';
import { type BreakageCause, causeOf, codeOf, Lost } from './lost.ts';
import { Wait } from './wait.ts';

/** What a socket does with bytes that it read: they may be overwritten as soon as reading goes on. `false` stops reading. */
export type OnRead = (bytes: number, buffer: Uint8Array) => boolean;

/** How to open sockets to one server. */
export interface Dialer {
  readonly secure: boolean;
  open(buffer: Buffer, onRead: OnRead): Socket;
}

/**
 * A socket, read on demand into one buffer that is used again and again: Node.js's own streams would allocate for each piece,
 * which costs more than all the rest of a relay. Reading stands still while nobody waits for bytes; this is the backpressure.
 * Every method raises `Lost`, or the reason given to `destroy`, once the connection is gone.
 */
export class Wire {
  /** What was read last. */
  piece: Buffer = Buffer.alloc(0);
  /** Whether bytes of the present request were handed to the kernel, and whether bytes of its answer came. */
  sent = false;
  received = false;
  readonly #side: Side;
  readonly #secure: boolean;
  readonly #socket: Socket;
  readonly #onGone: () => void;
  readonly #reading = new Wait('receive');
  readonly #writing = new Wait('send');
  readonly #connecting = new Wait('connect');
  /** What bytes that come now are: the next ones, none that may come while the last are in use, or unasked ones. */
  #state: 'open' | 'in-use' | 'resting' = 'open';
  /** Bytes were read that nobody has asked for yet. */
  #unread = 0;
  #patienceMs = Number.POSITIVE_INFINITY;
  #ended = false;
  #gone: { readonly reason: unknown } | undefined;

  constructor(side: Side, dialer: Dialer, bufferBytes: number, onGone: () => void) {
    this.#side = side;
    this.#secure = dialer.secure;
    this.#onGone = onGone;
    this.#socket = dialer.open(Buffer.allocUnsafeSlow(bufferBytes), (bytes, buffer) => this.#onRead(bytes, buffer));
    this.#socket.on(this.#secure ? 'secureConnect' : 'connect', () => this.#connecting.settle(0));
    this.#socket.on('end', () => this.#onEnd());
    this.#socket.on('error', (error) => this.#onError(error));
    this.#socket.on('close', () => this.#onClose());
  }

  get usable(): boolean {
    return this.#gone === undefined && !this.#ended;
  }

  /** Waits until the connection is made, TLS included. To be called at once. */
  async connected(patienceMs: number): Promise<void> {
    if (this.#gone) throw this.#gone.reason;
    await this.#connecting.begin(patienceMs);
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
  async flushed(patienceMs: number): Promise<void> {
    if (this.#gone) throw this.#gone.reason;
    if (this.#socket.writableLength > 0) await this.#writing.begin(patienceMs);
  }

  /** How many bytes of `piece` came next; 0 after an orderly end. They stay as they are until the next `read` or `rest`. */
  read(): Promise<number> {
    if (this.#gone) return Promise.reject(this.#gone.reason);
    const unread = this.#unread;
    if (unread > 0 || this.#ended) {
      this.#unread = 0;
      this.#state = 'in-use';
      return Promise.resolve(unread);
    }
    this.#state = 'open';
    this.#socket.resume();
    return this.#reading.begin(this.#patienceMs);
  }

  /** How long each wait for bytes may last, the present one included, from now on. */
  waitUpTo(patienceMs: number): void {
    this.#patienceMs = patienceMs;
    this.#reading.extend(patienceMs);
  }

  /** Nothing may come until `wake`. Keeps reading, so that an end by the server is seen at once. */
  rest(): void {
    this.#state = 'resting';
    this.#socket.resume();
  }

  wake(): void {
    this.#state = 'open';
  }

  /** Ends the connection at once: what was not yet sent is discarded. Returns why it is gone. */
  destroy(reason: unknown): unknown {
    if (this.#gone) return this.#gone.reason;
    this.#gone = { reason };
    this.#socket.destroy();
    for (const wait of [this.#reading, this.#writing, this.#connecting]) wait.fail(reason);
    this.#onGone();
    return reason;
  }

  /** Ends the connection when a wait has lasted too long. */
  checkDeadlines(now: number): void {
    for (const wait of [this.#reading, this.#writing, this.#connecting]) {
      if (wait.expired(now)) this.destroy(this.lost('timeout', `${wait.what} timed out`));
    }
  }

  lost(cause: BreakageCause, detail: string): Lost {
    return new Lost(this.#side, { cause, requestSent: this.sent, detail });
  }

  #onRead(bytes: number, buffer: Uint8Array): boolean {
    if (this.#state !== 'open' || this.#unread > 0) {
      // The next answer could not be told from them; and bytes in use must not change, or something wrong would be sent.
      this.destroy(this.lost('protocol', 'unasked bytes'));
      return false;
    }
    this.received = true;
    this.piece = buffer as Buffer;
    if (this.#reading.active) {
      this.#state = 'in-use';
      this.#reading.settle(bytes);
    } else this.#unread = bytes;
    return false;
  }

  #onEnd(): void {
    this.#ended = true;
    this.#reading.settle(0);
    if (this.#state === 'resting') this.destroy(this.lost('reset', 'closed'));
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (!error && this.#socket.writableLength === 0) this.#writing.settle(0);
  };

  #onError(error: Error): unknown {
    const code = codeOf(error);
    return this.destroy(this.lost(causeOf(code, this.#secure), code ?? 'connection failed'));
  }

  #onClose(): void {
    // After an orderly end whoever reads may still have to learn of it.
    if (!this.#ended || this.#writing.active || this.#connecting.active) this.destroy(this.lost('reset', 'closed'));
    else this.#onGone();
  }
}
