import type { Side } from '../../core/answer.ts';
import { Lost, ProtocolError } from './lost.ts';
import { AnswerParser, type ParserEvent } from './parser.ts';
import { type Dialer, Wire } from './wire.ts';

const EMPTY = Buffer.alloc(0);

/** One kept-alive HTTP connection: requests and their answers, one after the other. Methods raise what `Wire` raises. */
export class Connection {
  readonly wire: Wire;
  readonly parser = new AnswerParser();
  /** Whether it served another request before the present one. */
  reused = false;
  /**
   * Since when no request is under way, in milliseconds since the epoch: a monotonic clock may stand still while a Lambda
   * function is frozen, and the server's does not.
   */
  idleSince = 0;
  #scratch: Buffer = EMPTY;

  constructor(side: Side, dialer: Dialer, bufferBytes: number, onGone: (connection: Connection) => void) {
    this.wire = new Wire(side, dialer, bufferBytes, () => onGone(this));
  }

  /** Begins another exchange of request and answer. */
  begin(): void {
    this.wire.sent = false;
    this.wire.received = false;
    this.wire.wake();
    this.parser.reset();
  }

  /** Waits for the next exchange. */
  park(): void {
    this.reused = true;
    this.idleSince = Date.now();
    this.wire.rest();
  }

  /** The next event of the answer; reads as much as that needs. */
  async event(): Promise<ParserEvent> {
    const { wire, parser } = this;
    for (;;) {
      const event = this.#parse();
      if (event !== 'more') return event;
      const bytes = await wire.read();
      if (bytes === 0) parser.finish();
      else parser.feed(wire.piece, bytes);
    }
  }

  /** Ends the connection for a reason that came from the server; returns the reason. */
  lose(cause: Lost['breakage']['cause'], detail: string): unknown {
    return this.wire.destroy(this.wire.lost(cause, detail));
  }

  /** Whether an error means that the server closed the kept-alive connection before it saw the request, as far as one can tell. */
  wasStale(error: unknown): boolean {
    return this.reused && !this.wire.received && error instanceof Lost && error.breakage.cause === 'reset';
  }

  /** Whether the server may be tired of waiting for another request. */
  idleFor(ms: number): boolean {
    const idle = Date.now() - this.idleSince;
    // A clock that was set back tells nothing.
    return idle > ms || idle < 0;
  }

  /** A buffer of this length that lives as long as the connection, for a body that came in pieces. */
  scratch(bytes: number): Buffer {
    if (this.#scratch.length < bytes) this.#scratch = Buffer.allocUnsafeSlow(bytes);
    return this.#scratch.subarray(0, bytes);
  }

  #parse(): ParserEvent {
    try {
      return this.parser.next();
    } catch (error) {
      if (error instanceof ProtocolError) throw this.lose('protocol', error.message);
      throw error;
    }
  }
}
