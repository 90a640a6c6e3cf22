import { ProtocolError } from './lost.ts';

/** The head of an answer, as far as the relay looks at it. */
export interface AnswerHead {
  readonly status: number;
  readonly contentLength?: number;
  readonly chunked: boolean;
  /** Whether the server keeps the connection open after this answer. */
  readonly keepAlive: boolean;
  readonly contentType?: string;
  /** Whether a `Content-Encoding` other than `identity` changes the bytes. */
  readonly encoded: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [^\r\n\0]*)?$/;
const HEADER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([^\r\n\0]*)$/;
const DECIMAL = /^\d{1,15}$/;

/** Parses status line and headers, without the empty line that ends them. Raises `ProtocolError`. */
export function parseHead(text: string): AnswerHead {
  const lines = text.split('\r\n');
  const status = STATUS_LINE.exec(lines[0] ?? '');
  if (!status) throw new ProtocolError('malformed status line');
  const fields = new Map<string, string>();
  for (let i = 1; i < lines.length; i++) addField(fields, lines[i] ?? '');
  return headOf(Number(status[2]), status[1] === '1', fields);
}

function addField(fields: Map<string, string>, line: string): void {
  const field = HEADER_LINE.exec(line);
  if (!field) throw new ProtocolError('malformed header');
  const name = (field[1] ?? '').toLowerCase();
  const value = (field[2] ?? '').trimEnd();
  const before = fields.get(name);
  // A list in several lines is one list (RFC 9110, 5.2); two lengths that differ fail as a number.
  if (before === undefined) fields.set(name, value);
  else if (name !== 'content-length' || before !== value) fields.set(name, `${before}, ${value}`);
}

function headOf(status: number, http11: boolean, fields: ReadonlyMap<string, string>): AnswerHead {
  const length = fields.get('content-length');
  const coding = fields.get('transfer-encoding')?.toLowerCase();
  const encoding = fields.get('content-encoding')?.toLowerCase() ?? 'identity';
  const contentType = fields.get('content-type');
  if (length !== undefined && !DECIMAL.test(length)) throw new ProtocolError('malformed Content-Length');
  if (coding !== undefined && coding !== 'chunked') throw new ProtocolError('unknown Transfer-Encoding');
  // Two statements of where the body ends: one of them is wrong (RFC 9112, 6.3).
  if (coding !== undefined && length !== undefined) throw new ProtocolError('Content-Length with Transfer-Encoding');
  return {
    status,
    chunked: coding !== undefined,
    keepAlive: keepsAlive(http11, fields.get('connection')?.toLowerCase()),
    encoded: encoding !== 'identity' && encoding !== '',
    ...(length === undefined ? {} : { contentLength: Number(length) }),
    ...(contentType === undefined ? {} : { contentType }),
  };
}

function keepsAlive(http11: boolean, connection: string | undefined): boolean {
  if (connection === undefined) return http11;
  const options = connection.split(',').map((option) => option.trim());
  return !options.includes('close') && (http11 || options.includes('keep-alive'));
}
