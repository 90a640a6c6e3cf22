/** Elements of data sets, read by dicom-parser. */
import dicomParser from 'dicom-parser';
import { isLaterLong, isShort, vrAt } from './value-representation.ts';

/** How the elements of a data set are encoded (DICOM PS3.5, 7.1). */
export interface Encoding {
  /** Each element names its value representation. */
  readonly explicit: boolean;
  readonly bigEndian: boolean;
}

export const EXPLICIT: Encoding = { explicit: true, bigEndian: false };
export const IMPLICIT: Encoding = { explicit: false, bigEndian: false };
export const EXPLICIT_BIG_ENDIAN: Encoding = { explicit: true, bigEndian: true };

/** The length of a sequence or an item that lasts until its delimiter. */
export const UNDEFINED_LENGTH = 0xffffffff;
/** Bytes that the longest header of an element has. */
export const MAX_ELEMENT_HEADER = 12;

/** One element without its value. */
export interface Element {
  /** Group and element as one number: 0x00100020. */
  readonly tag: number;
  /** Two characters; empty where it is not encoded. */
  readonly vr: string;
  /** Where the value begins. */
  readonly start: number;
  /** Bytes of the value, or `UNDEFINED_LENGTH`. */
  readonly length: number;
}

/**
 * What dicom-parser reads from. Of a VR that 1.8.21 does not know it would take the two reserved bytes for the length, and go on in
 * the middle of the element, at any depth of a sequence; UN has the same form. Of an element it reads only the VR as a string.
 */
class ElementStream extends dicomParser.ByteStream {
  override readFixedString = (length: number): string => {
    const vr = dicomParser.readFixedString(this.byteArray, this.position, length);
    this.position += length;
    return isLaterLong(vr) ? 'UN' : vr;
  };
}

export function streamAt(bytes: Uint8Array, at: number, { bigEndian }: Encoding): dicomParser.ByteStream {
  const parser = bigEndian ? dicomParser.bigEndianByteArrayParser : dicomParser.littleEndianByteArrayParser;
  return new ElementStream(parser, bytes, at);
}

/** The elements of a data set, one by one. */
export class ElementReader {
  readonly #bytes: Uint8Array;
  readonly #encoding: Encoding;
  #stream: dicomParser.ByteStream | undefined;

  constructor(bytes: Uint8Array, encoding: Encoding) {
    this.#bytes = bytes;
    this.#encoding = encoding;
  }

  /** The element whose header begins at `start`; `undefined` when the header is cut. */
  at(start: number): Element | undefined {
    if (start + 8 > this.#bytes.length) return undefined;
    const vr = this.#encoding.explicit ? vrAt(this.#bytes, start) : '';
    try {
      const { tag, length, dataOffset } = this.#header(start, vr);
      return { tag: Number.parseInt(tag.slice(1), 16), vr, start: dataOffset, length };
    } catch {
      return undefined;
    }
  }

  #header(start: number, vr: string): dicomParser.Element {
    this.#stream ??= streamAt(this.#bytes, 0, this.#encoding);
    const stream = this.#stream;
    stream.position = start;
    // Told to stop at the tag that is there, it reads no value: it may be a sequence, of which the bytes hold only the beginning. What
    // has a short length is none.
    const untilTag = isShort(vr) ? undefined : dicomParser.readTag(stream);
    stream.position = start;
    return this.#encoding.explicit
      ? dicomParser.readDicomElementExplicit(stream, [], untilTag)
      : dicomParser.readDicomElementImplicit(stream, untilTag);
  }
}
