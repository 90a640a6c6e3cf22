import { damaged } from './archive-error.ts';

/** What headers of their own say of the member that follows them, as far as it matters here. */
export interface TarExtension {
  readonly name?: Buffer;
  /** Bytes in the archive. */
  readonly size?: number;
  /** The content is written without its holes, behind a map of them: it is not the content. */
  readonly sparse?: true;
}

const RECORD_LENGTH = /^(\d{1,7}) /;
const DECIMAL = /^\d{1,15}$/;
const LONGEST_LENGTH = 8;

/** Reads `LENGTH KEY=VALUE` lines (POSIX.1-2017, pax, "pax Extended Header"). Raises `ArchiveError`. */
export function parsePax(bytes: Buffer): TarExtension {
  let found: TarExtension = {};
  for (let at = 0; at < bytes.length; ) {
    // Some writers count the padding of the block to the records.
    if (bytes[at] === 0) break;
    const prefix = RECORD_LENGTH.exec(bytes.toString('latin1', at, at + LONGEST_LENGTH));
    const end = at + Number(prefix?.[1] ?? 0);
    const equals = bytes.indexOf('=', at);
    if (!prefix || end > bytes.length || equals < 0 || equals >= end) throw damaged('a pax header is damaged');
    const key = bytes.toString('latin1', at + prefix[0].length, equals);
    found = { ...found, ...meaning(key, bytes.subarray(equals + 1, end - 1), found) };
    at = end;
  }
  return found;
}

function meaning(key: string, value: Buffer, found: TarExtension): TarExtension {
  if (key === 'path') return found.sparse && found.name ? {} : { name: value };
  if (key === 'size') return { size: sizeOf(value) };
  // Its `path` is then a made-up one (GNU tar manual, "Storing Sparse Files").
  if (key === 'GNU.sparse.name') return { name: value, sparse: true };
  return key.startsWith('GNU.sparse.') ? { sparse: true } : {};
}

function sizeOf(value: Buffer): number {
  const text = value.toString('latin1');
  if (!DECIMAL.test(text)) throw damaged('a pax header states no valid size');
  return Number(text);
}
