import type { Breakage, Side } from '../../core/answer.ts';

export type BreakageCause = Breakage['cause'];

/** A connection that is gone. Thrown inside the relay only; becomes a `broken` result. */
export class Lost extends Error {
  override readonly name = 'Lost';
  readonly side: Side;
  readonly breakage: Breakage;

  constructor(side: Side, breakage: Breakage) {
    super(breakage.detail);
    this.side = side;
    this.breakage = breakage;
  }
}

/** An answer that is not HTTP as RFC 9112 has it. The message is a constant: it never holds what the server sent. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

// Nothing listens, or nothing can be reached there: for the user both are a server that is away.
const REFUSED: ReadonlySet<string> = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);
const DNS: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME', 'ENODATA']);
const RESET: ReadonlySet<string> = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ENOTCONN',
  'ESHUTDOWN',
  // A write after the other side has closed.
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** Judges a system or TLS error by its code; `secure` tells that TLS is spoken on this connection. */
export function causeOf(code: string | undefined, secure: boolean): BreakageCause {
  if (code === undefined) return secure ? 'tls' : 'reset';
  if (REFUSED.has(code)) return 'refused';
  if (DNS.has(code)) return 'dns';
  if (code === 'ETIMEDOUT') return 'timeout';
  // OpenSSL's codes are many (ERR_SSL_…, ERR_TLS_…, CERT_…, UNABLE_TO_…, EPROTO), system errors are few.
  return RESET.has(code) || !secure ? 'reset' : 'tls';
}

/** The code of a Node.js error; an AggregateError (several addresses tried) carries that of its first one. */
export function codeOf(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}
