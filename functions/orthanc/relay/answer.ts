import type { HttpAnswer, Side } from '../../core/answer.ts';
import { isOrthancId, type Md5 } from '../../core/ids.ts';
import { MAX_ERROR_BODY_BYTES, recogniseError } from '../recognise.ts';
import type { RelayResult } from '../server.ts';
import type { Connection } from './connection.ts';
import type { AnswerHead } from './head.ts';

/** A whole answer; a body beyond `MAX_ERROR_BODY_BYTES` is cut there, one byte too long to be judged as Orthanc's. */
export interface Answer {
  readonly head: AnswerHead;
  readonly body: Buffer;
  /** Whether all of it was read, so that the connection can serve another request. */
  readonly whole: boolean;
}

type Stored = Extract<RelayResult, { kind: 'stored' }>;

const STATUSES: ReadonlySet<unknown> = new Set([
  'Success',
  'AlreadyStored',
  'FilteredOut',
] satisfies Stored['status'][]);

/** Reads up to the end of an answer's head. An orderly end before that is a loss. */
export async function readHead(connection: Connection): Promise<AnswerHead> {
  const event = await connection.event();
  if (event === 'head') return connection.parser.head;
  throw connection.lose('reset', 'closed before the answer');
}

/** Reads the body of an answer whose head was read. */
export async function readBody(connection: Connection): Promise<Answer> {
  const { parser } = connection;
  const { head } = parser;
  const pieces: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const event = await connection.event();
    if (event === 'cut') throw connection.lose('reset', 'closed within the answer');
    if (event === 'end') return { head, body: Buffer.concat(pieces), whole: true };
    // A copy: the next read would overwrite it.
    const piece = Buffer.from(parser.buffer.subarray(parser.start, parser.end));
    pieces.push(piece);
    bytes += piece.length;
    if (bytes > MAX_ERROR_BODY_BYTES) {
      return { head, body: Buffer.concat(pieces, MAX_ERROR_BODY_BYTES + 1), whole: false };
    }
  }
}

/** Judges an answer other than 200. */
export function failureOf(side: Side, answer: Answer, undescribedErrors: boolean): RelayResult {
  const { status, contentType } = answer.head;
  return { kind: 'answer', side, answer: recogniseError(status, contentType, answer.body, undescribedErrors) };
}

/** A success that Orthanc cannot have given: something else answers at this address. */
export function strangeSuccess(side: Side, status: number): RelayResult {
  const answer: HttpAnswer = { status, orthanc: false };
  return { kind: 'answer', side, answer };
}

/** Judges an answer 200 to POST /instances. */
export function storedOf(answer: Answer, bytes: number, md5: Md5): RelayResult {
  const json = parsed(answer.body);
  if (json === undefined || !isOrthancId(json.ID) || !isStatus(json.Status)) {
    return strangeSuccess('target', answer.head.status);
  }
  return { kind: 'stored', bytes, md5, id: json.ID, status: json.Status };
}

function isStatus(value: unknown): value is Stored['status'] {
  return STATUSES.has(value);
}

function parsed(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
