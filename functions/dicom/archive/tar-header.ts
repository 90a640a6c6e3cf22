import { damaged } from './archive-error.ts';

/** Everything in a tar archive comes in blocks of so many bytes. */
export const BLOCK_BYTES = 512;

/** One header block, as it stands. Fields and offsets: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format". */
export interface TarHeader {
  readonly name: Buffer;
  /** Bytes. */
  readonly size: number;
  /** One character; `0` for a regular file, also where the block has a NUL. */
  readonly type: string;
  /** Whether blocks with more of its map follow the header of a sparse file in GNU's old form. */
  readonly extended: boolean;
}

const CHECKSUM = [148, 156] as const;
const SPACE = 0x20;
/** GNU's own form has `ustar` and two spaces there, and something else in the place of the prefix. */
const POSIX_MAGIC = 'ustar\0';
const OCTAL = /^ *([0-7]*)[ \0]*$/;
const BASE_256 = 0x80;
const SPARSE_EXTENDED_OFFSET = 482;

/** `undefined` for a block of zeros, as at the end of an archive. Raises `ArchiveError`. */
export function parseTarHeader(block: Buffer): TarHeader | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  const stated = number(block, ...CHECKSUM);
  // Some old writers summed up signed bytes.
  if (stated !== checksum(block) && stated !== checksum(new Int8Array(block)))
    throw damaged('a header in the tar archive is damaged');
  const name = text(block, 0, 100);
  const prefix = block.toString('latin1', 257, 263) === POSIX_MAGIC ? text(block, 345, 500) : Buffer.alloc(0);
  const type = block.toString('latin1', 156, 157);
  return {
    name: prefix.length === 0 ? name : Buffer.concat([prefix, Buffer.from('/'), name]),
    size: number(block, 124, 136),
    type: type === '\0' ? '0' : type,
    extended: block[SPARSE_EXTENDED_OFFSET] === 1,
  };
}

function checksum(bytes: Uint8Array | Int8Array): number {
  const [from, to] = CHECKSUM;
  let sum = SPACE * (to - from);
  for (let at = 0; at < BLOCK_BYTES; at += 1) if (at < from || at >= to) sum += bytes[at] ?? 0;
  return sum;
}

function text(block: Buffer, from: number, to: number): Buffer {
  return untilNul(block.subarray(from, to));
}

export function untilNul(bytes: Buffer): Buffer {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
}

/** Octal digits, or for large numbers bytes (GNU tar manual, "Extensions to the archive format"). */
function number(block: Buffer, from: number, to: number): number {
  const first = block[from] ?? 0;
  const value = (first & BASE_256) === 0 ? octal(block, from, to) : base256(block, from, to);
  if (!Number.isSafeInteger(value)) throw damaged('a header in the tar archive has no valid number');
  return value;
}

function octal(block: Buffer, from: number, to: number): number {
  const digits = OCTAL.exec(block.toString('latin1', from, to))?.[1];
  return digits === undefined ? Number.NaN : Number.parseInt(digits || '0', 8);
}

function base256(block: Buffer, from: number, to: number): number {
  if (block[from] !== BASE_256) return Number.NaN;
  let value = 0;
  for (let at = from + 1; at < to; at += 1) value = value * 256 + (block[at] ?? 0);
  return value;
}
