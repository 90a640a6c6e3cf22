import type { ContentKind } from '../core/content.ts';
import { latin1 } from './text.ts';

const TAR_BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
/** SQLite's version of the formats of `-wal` and `-shm` (sqlite.org/walformat.html). */
const WAL_VERSION = 3_007_000;
const SHM_COPY_AT = 48;

/** Recognises everything that is no DICOM file. */
export function formatOf(bytes: Uint8Array): ContentKind | undefined {
  if (isZip(bytes)) return 'zip';
  if (isSqlite(bytes)) return 'sqlite';
  if (isJsonSummary(bytes)) return 'json-summary';
  return isTar(bytes) ? 'tar' : undefined;
}

/** A member, an empty archive, or the first part of a split one (APPNOTE.TXT, 4.3). */
const ZIP_MAGICS: ReadonlySet<string> = new Set(['PK\x03\x04', 'PK\x05\x06', 'PK\x07\x08']);

function isZip(bytes: Uint8Array): boolean {
  return ZIP_MAGICS.has(latin1(bytes.subarray(0, 4)));
}

function isSqlite(bytes: Uint8Array): boolean {
  if (latin1(bytes.subarray(0, 16)) === 'SQLite format 3\0') return true;
  if (bytes.length < 2 * SHM_COPY_AT) return isWal(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // The header of a `-shm` stands there twice, in the byte order of the machine.
  const shm = [true, false].some((little) =>
    [0, SHM_COPY_AT].every((at) => view.getUint32(at, little) === WAL_VERSION),
  );
  return shm || isWal(bytes);
}

function isWal(bytes: Uint8Array): boolean {
  if (bytes.length < 32) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getUint32(0) >>> 1 === 0x377f0682 >>> 1 && view.getUint32(4) === WAL_VERSION;
}

/** DicomAsJson: an object whose keys are tags. */
function isJsonSummary(bytes: Uint8Array): boolean {
  return /^(\xef\xbb\xbf)?\s*\{\s*"[0-9a-f]{4},[0-9a-f]{4}"\s*:/i.test(latin1(bytes.subarray(0, 256)));
}

/** The checksum is that of the whole header, with itself taken as blanks; older archives have no magic. */
function isTar(bytes: Uint8Array): boolean {
  if (bytes.length < TAR_BLOCK_BYTES) return false;
  const block = bytes.subarray(0, TAR_BLOCK_BYTES);
  if (latin1(block.subarray(257, 262)) === 'ustar') return true;
  const stated = /^[ 0]*([0-7]+)[ \0]/.exec(latin1(block.subarray(CHECKSUM_AT, CHECKSUM_AT + 8)));
  if (block[0] === 0 || !stated) return false;
  const sum = block.reduce((total, byte, at) => total + (at >= CHECKSUM_AT && at < CHECKSUM_AT + 8 ? 0x20 : byte), 0);
  return sum === Number.parseInt(stated[1] ?? '', 8);
}
