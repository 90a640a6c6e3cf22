import type { Dispatcher } from 'undici';
import { MAX_ERROR_BODY_BYTES } from './recognise.ts';

/** An answer whose body was read, as far as an error of Orthanc can go. */
export interface Answered {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly body: Uint8Array;
}

export async function readAnswer(response: Dispatcher.ResponseData): Promise<Answered> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of response.body) {
    pieces.push(piece);
    length += piece.length;
    // Leaving the loop destroys the body.
    if (length > MAX_ERROR_BODY_BYTES) break;
  }
  const type = response.headers['content-type'];
  return {
    status: response.statusCode,
    contentType: Array.isArray(type) ? type[0] : type,
    body: Buffer.concat(pieces),
  };
}
