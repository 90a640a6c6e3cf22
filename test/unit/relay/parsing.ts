import type { AnswerHead } from '../../../functions/orthanc/relay/head.ts';
import { ProtocolError } from '../../../functions/orthanc/relay/lost.ts';
import { AnswerParser } from '../../../functions/orthanc/relay/parser.ts';

export interface Parsed {
  /** Without pieces, whose number depends on how the bytes came. */
  readonly events: string;
  readonly body: string;
  readonly head?: AnswerHead;
  readonly error?: string;
}

/** Feeds an answer in these pieces, always through the same buffer, and then ends the connection. */
export function parsed(pieces: readonly Buffer[]): Parsed {
  const parser = new AnswerParser();
  const buffer = Buffer.alloc(Math.max(1, ...pieces.map((piece) => piece.length)), 'HTTP/1.1 200 OK\r\n\r\n');
  const rest = pieces.filter((piece) => piece.length > 0).values();
  const events: string[] = [];
  let body = '';
  let head: AnswerHead | undefined;
  try {
    for (let event = parser.next(); ; event = parser.next()) {
      if (event === 'more') {
        const { value } = rest.next();
        if (value === undefined) parser.finish();
        else parser.feed(buffer, value.copy(buffer));
        continue;
      }
      if (event === 'piece') body += parser.buffer.toString('latin1', parser.start, parser.end);
      else events.push(event);
      if (event === 'head') head = parser.head;
      if (event === 'end' || event === 'cut') break;
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return { events: events.join(' '), body, error: error.message };
  }
  return { events: events.join(' '), body, ...(head === undefined ? {} : { head }) };
}
