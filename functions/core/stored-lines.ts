import { FatalError, MigrationError } from './errors.ts';
import type { ByteRange, ObjectStore } from './ports.ts';

const LINE_FEED = 0x0a;

/**
 * Reads an NDJSON object of a job, or a part of it. Raises `JOB_DAMAGED` when it is gone or no longer what was written: trying again
 * would not help, and waiting would never end.
 */
export async function readStoredLines<T>(objects: ObjectStore, key: string, range?: ByteRange): Promise<T[]> {
  const body = await readPart(objects, key, range);
  try {
    return parseLines<T>(body);
  } catch (error) {
    // Without the cause: it quotes the line, which may name a file.
    throw isSyntaxError(error) ? jobDamaged(key) : error;
  }
}

/** Reads a list of names, one a line, that a job was given. Raises `JOB_DAMAGED` when it is gone or was cut within a name. */
export async function readNameList(objects: ObjectStore, key: string): Promise<Uint8Array> {
  const body = await readPart(objects, key);
  if (body.at(-1) !== LINE_FEED) throw jobDamaged(key);
  return body;
}

async function readPart(objects: ObjectStore, key: string, range?: ByteRange): Promise<Uint8Array> {
  try {
    return await objects.read(key, range);
  } catch (error) {
    const gone = error instanceof MigrationError && error.code === 'OBJECT_NOT_FOUND';
    throw gone ? jobDamaged(key, error) : error;
  }
}

export function parseLines<T>(body: Uint8Array): T[] {
  const lines = new TextDecoder().decode(body).split('\n');
  return lines.filter((line) => line !== '').map((line): T => JSON.parse(line));
}

export function jobDamaged(key: string, cause?: unknown): FatalError {
  const remedy = 'run the same command again: it begins a new job, which sends nothing that the target holds';
  return new FatalError('JOB_DAMAGED', `${key}, a part of the job, is missing or damaged; ${remedy}`, { cause });
}

// Not by instanceof: inside a vm context, as in Jest, it may be of another realm.
function isSyntaxError(error: unknown): boolean {
  return error instanceof Error && error.name === 'SyntaxError';
}
