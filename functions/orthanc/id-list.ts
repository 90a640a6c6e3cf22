import { isOrthancId, type OrthancId } from '../core/ids.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPENING = 0x5b;
const CLOSING = 0x5d;
const WHITE_SPACE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
/** An Orthanc ID without its quotes. */
const ID_BYTES = 44;

/**
 * Reads a JSON array of Orthanc IDs piece by piece: a server may have millions of studies, and neither the text nor a parsed copy
 * of it is kept. `undefined` when it is anything else, or cut off.
 */
export async function readIdList(pieces: AsyncIterable<Uint8Array>): Promise<OrthancId[] | undefined> {
  const scanner = new IdScanner();
  // After an error the rest is still read, so that the connection stays usable.
  for await (const piece of pieces) scanner.push(piece);
  return scanner.result();
}

class IdScanner {
  readonly #ids: OrthancId[] = [];
  #rest: Buffer = Buffer.alloc(0);
  #state: 'before' | 'inside' | 'after' | 'invalid' = 'before';

  push(piece: Uint8Array): void {
    const text = this.#rest.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#rest, piece]);
    let at = 0;
    while (this.#state !== 'invalid' && at < text.length) {
      if (text[at] !== QUOTE) {
        this.#between(text[at++] ?? 0);
        continue;
      }
      if (text.length - at < ID_BYTES + 2) break;
      this.#quoted(text.toString('latin1', at + 1, at + 1 + ID_BYTES), text[at + 1 + ID_BYTES] === QUOTE);
      at += ID_BYTES + 2;
    }
    this.#rest = text.subarray(at);
  }

  result(): OrthancId[] | undefined {
    return this.#state === 'after' && this.#rest.length === 0 ? this.#ids : undefined;
  }

  #between(byte: number): void {
    if (WHITE_SPACE.has(byte)) return;
    if (this.#state === 'before' && byte === OPENING) this.#state = 'inside';
    else if (this.#state === 'inside' && byte === CLOSING) this.#state = 'after';
    else if (this.#state !== 'inside' || byte !== COMMA) this.#state = 'invalid';
  }

  #quoted(text: string, ended: boolean): void {
    if (this.#state === 'inside' && ended && isOrthancId(text)) this.#ids.push(text);
    else this.#state = 'invalid';
  }
}

/** Sorts in place and drops duplicates. */
export function sortedUnique(ids: OrthancId[]): OrthancId[] {
  // Newer servers list in order; sorting millions again would take seconds.
  if (!isAscending(ids)) ids.sort();
  let kept = 0;
  for (const id of ids) {
    if (kept === 0 || id !== ids[kept - 1]) ids[kept++] = id;
  }
  ids.length = kept;
  return ids;
}

function isAscending(ids: readonly OrthancId[]): boolean {
  for (let i = 1; i < ids.length; i++) {
    if ((ids[i - 1] ?? '') > (ids[i] ?? '')) return false;
  }
  return true;
}
