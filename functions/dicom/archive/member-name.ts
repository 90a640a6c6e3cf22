import { isUtf8 } from 'node:buffer';

const LONGEST_UTF8 = 4;
const ABSOLUTE = /^(?:[/\\]|[A-Za-z]:)/;

/** A name of any bytes as text, in exactly one way: what is no UTF-8, control characters and `%` are percent-encoded. */
export function nameText(bytes: Buffer): string {
  if (isUtf8(bytes)) return encodeSpecial(bytes.toString('utf8'));
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = characterLength(bytes, at);
    text += length === 0 ? percent(bytes[at] ?? 0) : encodeSpecial(bytes.toString('utf8', at, at + length));
    at += length || 1;
  }
  return text;
}

/** Whether a name leads out of the folder that one would expand into, on any system. */
export function isUnsafe(bytes: Buffer): boolean {
  // All that matters here is ASCII, and no byte of another character looks like it in UTF-8.
  const name = bytes.toString('latin1');
  return ABSOLUTE.test(name) || name.includes('\0') || name.split(/[/\\]/).includes('..');
}

/** Bytes of the UTF-8 character that begins here; 0 when none does. */
function characterLength(bytes: Buffer, at: number): number {
  for (let length = 1; length <= LONGEST_UTF8 && at + length <= bytes.length; length += 1) {
    if (isUtf8(bytes.subarray(at, at + length))) return length;
  }
  return 0;
}

function encodeSpecial(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/[\x00-\x1f\x7f%]/g, (character) => percent(character.charCodeAt(0)));
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
