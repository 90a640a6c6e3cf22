import { type Encoding, elementAt, IMPLICIT, tagAt, UNDEFINED_LENGTH, uint32 } from './element.ts';

const ITEM = 0xfffee000;
const ITEM_END = 0xfffee00d;
const SEQUENCE_END = 0xfffee0dd;

/** More bytes are needed to go on: the first so many. */
export interface Cut {
  readonly needed: number;
}

interface Level {
  /** A sequence holds items (or the fragments of encapsulated pixels), an item holds elements. */
  readonly holds: 'items' | 'elements';
  readonly encoding: Encoding;
}

/**
 * Where a sequence of undefined length ends whose first item begins at `start`. Sequences may be nested as deep as they like:
 * nothing here recurses.
 */
export function endOfSequence(
  bytes: Uint8Array,
  start: number,
  vr: string,
  encoding: Encoding,
): number | Cut | 'damaged' {
  const open: Level[] = [{ holds: 'items', encoding: inside(vr, encoding) }];
  let at = start;
  for (let level = open.at(-1); level; level = open.at(-1)) {
    if (at + 8 > bytes.length) return { needed: at + 8 };
    const tag = tagAt(bytes, at, level.encoding);
    if (tag === ITEM && level.holds === 'items') {
      const length = uint32(bytes, at + 4, level.encoding);
      at += 8;
      if (length === UNDEFINED_LENGTH) open.push({ holds: 'elements', encoding: level.encoding });
      else at += length;
    } else if (tag === (level.holds === 'items' ? SEQUENCE_END : ITEM_END)) {
      at += 8;
      open.pop();
    } else if (level.holds === 'items' || tag >>> 16 === 0xfffe) {
      return 'damaged';
    } else {
      const element = elementAt(bytes, at, level.encoding);
      if (!element) return { needed: at + 12 };
      at = element.start;
      if (element.length === UNDEFINED_LENGTH)
        open.push({ holds: 'items', encoding: inside(element.vr, level.encoding) });
      else at += element.length;
    }
  }
  return at;
}

/** An unknown element of undefined length is an implicitly encoded sequence (PS3.5, 6.2.2, note to UN; CP-246). */
function inside(vr: string, encoding: Encoding): Encoding {
  return vr === 'UN' ? IMPLICIT : encoding;
}
