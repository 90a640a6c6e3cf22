import type { Breakage } from '../core/answer.ts';

/** Nothing of the request left: the connection never came about. */
const NOT_CONNECTED: Readonly<Record<string, Breakage['cause']>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENETUNREACH: 'refused',
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EPROTO: 'tls',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'tls',
  SELF_SIGNED_CERT_IN_CHAIN: 'tls',
  HOSTNAME_MISMATCH: 'tls',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
};

const CONNECTED: Readonly<Record<string, Breakage['cause']>> = {
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  ETIMEDOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
};

/** OpenSSL's and Node's names for a handshake or a certificate that failed. */
const TLS = /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|CRL_|INVALID_CA$|INVALID_PURPOSE$)/;

/** What an error of undici or of the socket means. The texts of such errors may hold addresses: only the code is kept. */
export function breakageOf(error: unknown): Breakage {
  const code = codeOf(error);
  const before = NOT_CONNECTED[code];
  if (before) return { cause: before, requestSent: false, detail: code };
  if (TLS.test(code)) return { cause: 'tls', requestSent: false, detail: code };
  // Node reports an attempt to connect that timed out by its system call alone.
  const connecting = hasText(error, 'syscall', 'connect') || hasText(error, 'message', 'before secure TLS connection');
  return { cause: CONNECTED[code] ?? 'protocol', requestSent: !connecting, detail: code };
}

/** System errors are told by their fields alone: code of another realm makes them with another `Error`. */
interface ErrorLike {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly syscall?: unknown;
  readonly cause?: unknown;
  readonly errors?: unknown;
}

function fields(error: unknown): ErrorLike {
  return typeof error === 'object' && error !== null ? error : {};
}

function hasText(error: unknown, field: 'syscall' | 'message', text: string): boolean {
  const value = fields(error)[field];
  return typeof value === 'string' && value.includes(text);
}

function codeOf(error: unknown): string {
  const { code, cause, errors, name } = fields(error);
  if (typeof code === 'string') return code;
  if (cause !== undefined) return codeOf(cause);
  // A host name with several addresses fails with all of their errors.
  if (Array.isArray(errors) && errors.length > 0) return codeOf(errors[0]);
  return typeof name === 'string' ? name : 'unknown';
}
