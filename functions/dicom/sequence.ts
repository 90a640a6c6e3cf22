/** Sequences of undefined length, item by item; what is in an item of undefined length is read by dicom-parser. */
import dicomParser from 'dicom-parser';
import { type Encoding, IMPLICIT, streamAt, UNDEFINED_LENGTH } from './element.ts';

const ITEM = 'xfffee000';
const SEQUENCE_END = 'xfffee0dd';
const ITEM_HEADER = 8;

/** More bytes are needed to go on: the first so many. */
export interface Cut {
  readonly needed: number;
}

/** Where an element of undefined length ends whose value begins at `start`: items, or fragments of something encapsulated. */
export function endOfSequence(
  bytes: Uint8Array,
  start: number,
  vr: string,
  encoding: Encoding,
): number | Cut | 'damaged' {
  if (start >= bytes.length) return { needed: start + ITEM_HEADER };
  // An unknown element of undefined length is an implicitly encoded sequence (PS3.5, 6.2.2, note to UN; CP-246).
  const inside = vr === 'UN' ? IMPLICIT : encoding;
  const stream = streamAt(bytes, start, inside);
  for (;;) {
    const { position } = stream;
    if (position + ITEM_HEADER > bytes.length) return { needed: position + ITEM_HEADER };
    const tag = dicomParser.readTag(stream);
    const length = stream.readUint32();
    if (tag === SEQUENCE_END) return stream.position;
    if (tag !== ITEM) return 'damaged';
    if (length !== UNDEFINED_LENGTH) stream.seek(length);
    else {
      stream.position = position;
      const end = skipItem(stream, inside);
      // It may take more bytes to tell a broken item from one that they hold only the beginning of.
      if (end !== 'whole') return end === 'cut' ? { needed: bytes.length + 1 } : end;
    }
  }
}

/** Goes past the item of undefined length that begins here. */
function skipItem(stream: dicomParser.ByteStream, { explicit }: Encoding): 'whole' | 'cut' | 'damaged' {
  const warnings: string[] = [];
  // Of a sequence so short it reads one item; and what it makes of it can be forgotten: of a whole sequence that may be a lot.
  const sequence = { tag: '', length: 1, dataOffset: stream.position };
  try {
    if (explicit) dicomParser.readSequenceItemsExplicit(stream, sequence, warnings);
    else dicomParser.readSequenceItemsImplicit(stream, sequence);
  } catch (error) {
    // It recurses: so end sequences inside each other, if they are too many.
    return error instanceof RangeError ? 'damaged' : 'cut';
  }
  // The end of the bytes it takes for the end of an item, with no more than a warning.
  return warnings.length + stream.warnings.length === 0 ? 'whole' : 'cut';
}
