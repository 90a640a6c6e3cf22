import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';

/** `Latin1`, `Cyrillic`, … */
const NAME = /^\w{1,32}$/;

/** The encoding that a server assumes for texts without SpecificCharacterSet; `undefined` when it does not tell. */
export async function readDefaultEncoding(http: OrthancHttp): Promise<string | undefined> {
  try {
    const text = new TextDecoder().decode(await http.bytes({ path: 'tools/default-encoding' })).trim();
    return NAME.test(text) ? text : undefined;
  } catch (error) {
    const status = error instanceof OrthancError ? error.answer?.status : undefined;
    // Not known to this version, or not open to this user.
    if (status === 403 || status === 404 || status === 405) return undefined;
    throw error;
  }
}
