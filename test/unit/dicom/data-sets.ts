import type { Content, Head } from '../../../functions/core/content.ts';
import { type DescribeOptions, describe } from '../../../functions/dicom/describe.ts';

/** Writes elements in any encoding, also wrongly: the tests need what no good writer writes. */
export interface Syntax {
  readonly explicit: boolean;
  readonly bigEndian?: boolean;
}

export const EXPLICIT: Syntax = { explicit: true };
export const IMPLICIT: Syntax = { explicit: false };
export const BIG_ENDIAN: Syntax = { explicit: true, bigEndian: true };

const LONG = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV';
export const UNDEFINED = 0xffffffff;

/** @param length what the header says; that of the value unless given */
export function el(tag: number, vr: string, value: string | Buffer = '', syntax = EXPLICIT, length?: number): Buffer {
  const raw = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const padding = raw.length % 2 === 0 ? '' : vr === 'UI' ? '\0' : ' ';
  const bytes = Buffer.concat([raw, Buffer.from(padding)]);
  const long = !syntax.explicit || LONG.includes(vr);
  const size = integer(length ?? bytes.length, long ? 4 : 2, syntax);
  const front = [integer(tag >>> 16, 2, syntax), integer(tag & 0xffff, 2, syntax)];
  if (syntax.explicit) front.push(Buffer.from(vr, 'latin1'));
  if (syntax.explicit && long) front.push(Buffer.alloc(2));
  return Buffer.concat([...front, size, bytes]);
}

export function integer(value: number, bytes: number, { bigEndian }: Syntax = EXPLICIT): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (bigEndian) buffer.writeUIntBE(value, 0, bytes);
  else buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

/** A part of a sequence: an item or a delimiter. */
export function mark(tag: number, length: number, syntax = EXPLICIT): Buffer {
  return Buffer.concat([integer(tag >>> 16, 2, syntax), integer(tag & 0xffff, 2, syntax), integer(length, 4, syntax)]);
}

/** Preamble, magic, and meta information with this transfer syntax; none where it is not given. */
export function part10(dataSet: Buffer, transferSyntax?: string, more: Buffer = Buffer.alloc(0)): Buffer {
  const meta = transferSyntax === undefined ? more : Buffer.concat([more, el(0x00020010, 'UI', transferSyntax)]);
  const group = el(0x00020000, 'UL', integer(meta.length, 4));
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), group, meta, dataSet]);
}

export const CT = '1.2.840.10008.5.1.4.1.1.2';
export const EXPLICIT_SYNTAX = '1.2.840.10008.1.2.1';

/** The elements that identify an instance, all in groups 0008 to 0020. */
export function identity(syntax = EXPLICIT, sopClass: string | undefined = CT): Buffer {
  return Buffer.concat([
    ...(sopClass === '' ? [] : [el(0x00080016, 'UI', sopClass, syntax)]),
    el(0x00080018, 'UI', '1.2.3.4', syntax),
    el(0x00080020, 'DA', '20210314', syntax),
    el(0x00080060, 'CS', 'CT', syntax),
    el(0x00100020, 'LO', 'PATIENT', syntax),
    el(0x0020000d, 'UI', '1.2.3', syntax),
    el(0x0020000e, 'UI', '1.2.3.1', syntax),
  ]);
}

export const pixels = (syntax = EXPLICIT, bytes = 64) => el(0x7fe00010, 'OW', Buffer.alloc(bytes, 1), syntax);

export interface Counted extends Head {
  /** Bytes that were asked for at most. */
  most: number;
}

export function headOf(bytes: Buffer): Counted {
  const head: Counted = {
    most: 0,
    read(wanted) {
      head.most = Math.max(head.most, wanted);
      return Promise.resolve(bytes.subarray(0, wanted));
    },
  };
  return head;
}

export function described(bytes: Buffer, options: Partial<DescribeOptions> = {}): Promise<Content> {
  return describe(headOf(bytes), bytes.length, { keys: new Map(), ...options });
}
