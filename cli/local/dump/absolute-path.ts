import { realpath } from 'node:fs/promises';
import { posix } from 'node:path';
import { type BytePath, bytePath } from './byte-path.ts';

/** The current directory, byte by byte: `process.cwd()` spoils names that are no UTF-8. */
export async function workingDirectory(): Promise<BytePath> {
  return bytePath(await realpath('.', { encoding: 'buffer' }));
}

/** Relative names begin in the folder `current`; `.`, `..` and slashes too many are taken out. */
export function absolutePath(name: Buffer, current: BytePath): BytePath {
  // The bytes that it looks at are ASCII, whatever the encoding of the names is.
  return posix.resolve(current, name.toString('latin1')) as BytePath;
}
