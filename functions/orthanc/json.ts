import type * as z from 'zod';
import { OrthancError } from './errors.ts';
import type { OrthancHttp, Question } from './http.ts';

/** OrthancStatus "Unknown resource". */
const UNKNOWN_RESOURCE = 17;

/**
 * The JSON of an answer that an Orthanc server owes. Anything that is not this JSON, and a 404 too, says that the endpoint is no
 * Orthanc server, or not under this URL.
 */
export async function askJson<T>(http: OrthancHttp, question: Question, schema: z.ZodType<T>): Promise<T> {
  const found = await findJson(http, question, schema);
  if (found === undefined) throw http.notOrthanc(question.path, 404);
  return found;
}

/** The same for a route that answers 404 when the server does not know the resource: then `undefined`. */
export async function findJson<T>(http: OrthancHttp, question: Question, schema: z.ZodType<T>): Promise<T | undefined> {
  const bytes = await unlessUnknown(http.bytes(question));
  return bytes && parsedAs(http, question, schema, bytes);
}

/** The same, but an answer of more bytes than this is not read to its end. */
export async function findShortJson<T>(
  http: OrthancHttp,
  question: Question,
  schema: z.ZodType<T>,
  mostBytes: number,
): Promise<T | undefined | 'too-long'> {
  const bytes = await unlessUnknown(http.exchange(question, ({ body }) => upTo(mostBytes, body)));
  if (bytes === undefined || bytes === 'too-long') return bytes;
  return parsedAs(http, question, schema, bytes);
}

async function unlessUnknown<R>(answer: Promise<R>): Promise<R | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isUnknownResource(error)) return undefined;
    throw error;
  }
}

async function upTo(mostBytes: number, body: AsyncIterable<Uint8Array>): Promise<Uint8Array | 'too-long'> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    // Leaving the loop destroys the body.
    if (length > mostBytes) return 'too-long';
  }
  return Buffer.concat(pieces);
}

function parsedAs<T>(http: OrthancHttp, { path }: Question, schema: z.ZodType<T>, bytes: Uint8Array): T {
  const parsed = schema.safeParse(parseJson(bytes));
  if (!parsed.success) throw http.notOrthanc(path);
  return parsed.data;
}

/** Orthanc's own word that it does not know a resource. */
export function isUnknownResource(error: unknown): boolean {
  if (!(error instanceof OrthancError) || !error.answer) return false;
  const { status, orthanc, orthancStatus } = error.answer;
  return status === 404 && orthanc && (orthancStatus === undefined || orthancStatus === UNKNOWN_RESOURCE);
}

/** `undefined` for what is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
