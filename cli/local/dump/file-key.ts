import { isUtf8 } from 'node:buffer';
import { MigrationError } from '../../../functions/core/errors.ts';
import type { FileKey } from '../../../functions/core/ids.ts';

/** Most names by far: printable ASCII without `%`. */
const PLAIN = /^[ -$&-~]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is encoded.
const ENCODED = /[%\u0000-\u001f\u007f]/g;
const ESCAPE = /%([0-9A-Fa-f]{2})?/g;

/** The key of a name: `%`, control characters and bytes that are not part of valid UTF-8 are percent-encoded. */
export function encodeKey(bytes: Buffer): FileKey {
  const latin1 = bytes.toString('latin1');
  if (PLAIN.test(latin1)) return latin1 as FileKey;
  if (isUtf8(bytes)) return escapeText(bytes.toString('utf8')) as FileKey;
  let key = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    if (length === 0) key += escapeByte(bytes[at] ?? 0);
    else key += escapeText(bytes.toString('utf8', at, at + length));
    at += length || 1;
  }
  return key as FileKey;
}

/** The name that a key stands for. Raises `FILE_KEY_INVALID`. */
export function decodeKey(key: FileKey): Buffer {
  if (!key.includes('%')) return Buffer.from(key, 'utf8');
  const parts: Buffer[] = [];
  let from = 0;
  for (const escaped of key.matchAll(ESCAPE)) {
    const code = escaped[1];
    if (code === undefined) throw new MigrationError('FILE_KEY_INVALID', 'a file key has a % without two digits');
    parts.push(Buffer.from(key.slice(from, escaped.index), 'utf8'), Buffer.from(code, 'hex'));
    from = escaped.index + escaped[0].length;
  }
  parts.push(Buffer.from(key.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

function escapeText(text: string): string {
  return text.replace(ENCODED, (character) => escapeByte(character.charCodeAt(0)));
}

function escapeByte(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** How many bytes the UTF-8 character at this position has; 0 when there is none. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= 4 && at + length <= bytes.length; length++)
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  return 0;
}
