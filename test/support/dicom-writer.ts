/** Writes DICOM part 10 files: explicit VR little endian, the very minimum that the tests need. */

/** VRs whose length field has four bytes (DICOM PS3.5, 7.1.2). */
const LONG_VR: ReadonlySet<string> = new Set(['OB', 'OW', 'UN', 'UT']);

export const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

export interface Element {
  /** Group and element number as one number: 0x00100020. */
  readonly tag: number;
  readonly vr: string;
  readonly value: string | number | Buffer;
}

/** The start of an element up to its value. */
export function elementHeader(tag: number, vr: string, length: number): Buffer {
  const long = LONG_VR.has(vr);
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (long) header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return header;
}

export function element({ tag, vr, value }: Element): Buffer {
  const content = even(vr, bytesOf(value));
  return Buffer.concat([elementHeader(tag, vr, content.length), content]);
}

function bytesOf(value: Element['value']): Buffer {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value !== 'number') return value;
  const short = Buffer.alloc(2);
  short.writeUInt16LE(value);
  return short;
}

/** Values have even lengths: text is padded with a space, UIDs and bytes with a NUL. */
function even(vr: string, content: Buffer): Buffer {
  if (content.length % 2 === 0) return content;
  const padding = vr === 'UI' || LONG_VR.has(vr) ? 0x00 : 0x20;
  return Buffer.concat([content, Buffer.from([padding])]);
}

/** Preamble, magic and the meta information group. */
export function fileHeader(sopClass: string, sopUid: string, transferSyntax = EXPLICIT_LITTLE_ENDIAN): Buffer {
  const meta = Buffer.concat(
    [
      { tag: 0x00020001, vr: 'OB', value: Buffer.from([0, 1]) },
      { tag: 0x00020002, vr: 'UI', value: sopClass },
      { tag: 0x00020003, vr: 'UI', value: sopUid },
      { tag: 0x00020010, vr: 'UI', value: transferSyntax },
      { tag: 0x00020012, vr: 'UI', value: '2.25.114' },
    ].map(element),
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element({ tag: 0x00020000, vr: 'UL', value: length }),
    meta,
  ]);
}
