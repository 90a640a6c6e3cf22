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

/** VRs whose length has two bytes (PS3.5, table 7.1-2). */
const SHORT: ReadonlySet<string> = new Set('AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));
/** VRs whose length has four bytes, after two that are reserved (PS3.5, table 7.1-1). */
const LONG: ReadonlySet<string> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));

/** Bytes that the longest header of an element has. */
export const MAX_ELEMENT_HEADER = 12;

export function isValueRepresentation(vr: string): boolean {
  return SHORT.has(vr) || LONG.has(vr);
}

/** The element whose header begins at `at`; `undefined` when the header is cut. */
export function elementAt(bytes: Uint8Array, at: number, encoding: Encoding): Element | undefined {
  if (at + 8 > bytes.length) return undefined;
  const tag = tagAt(bytes, at, encoding);
  if (!encoding.explicit) return { tag, vr: '', start: at + 8, length: uint32(bytes, at + 4, encoding) };
  const vr = vrAt(bytes, at);
  if (!isLong(vr)) return { tag, vr, start: at + 8, length: uint16(bytes, at + 6, encoding) };
  if (at + MAX_ELEMENT_HEADER > bytes.length) return undefined;
  return { tag, vr, start: at + MAX_ELEMENT_HEADER, length: uint32(bytes, at + 8, encoding) };
}

/**
 * DCMTK, which reads for Orthanc, takes an unknown VR of two capitals for a future one, and all future ones have long lengths;
 * anything else is taken for a short one (dcmdata, DcmVR::setVR).
 */
function isLong(vr: string): boolean {
  return LONG.has(vr) || (!SHORT.has(vr) && /^[A-Z]{2}$/.test(vr));
}

export function vrAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at + 4] ?? 0, bytes[at + 5] ?? 0);
}

export function tagAt(bytes: Uint8Array, at: number, encoding: Encoding): number {
  return (uint16(bytes, at, encoding) * 0x10000 + uint16(bytes, at + 2, encoding)) >>> 0;
}

function uint16(bytes: Uint8Array, at: number, { bigEndian }: Encoding): number {
  const [first, second] = [bytes[at] ?? 0, bytes[at + 1] ?? 0];
  return bigEndian ? (first << 8) | second : (second << 8) | first;
}

export function uint32(bytes: Uint8Array, at: number, encoding: Encoding): number {
  const [first, second] = [uint16(bytes, at, encoding), uint16(bytes, at + 2, encoding)];
  return (encoding.bigEndian ? first * 0x10000 + second : second * 0x10000 + first) >>> 0;
}
