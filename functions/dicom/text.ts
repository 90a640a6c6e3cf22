import type { Value } from './read-elements.ts';

const NUL = 0x00;
const SPACE = 0x20;

/** The bytes of a text up to its first NUL, without trailing spaces; leading ones belong to it. */
export function significant(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(NUL);
  let end = nul < 0 ? bytes.length : nul;
  while (end > 0 && bytes[end - 1] === SPACE) end--;
  return bytes.subarray(0, end);
}

/** A text of ASCII characters, without padding; `undefined` where it is missing or empty. */
export function textOf(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const text = latin1(significant(value.bytes));
  return text === '' ? undefined : text;
}

/** A UID; white space is no part of it, wherever it stands (dcmdata, DcmUniqueIdentifier::makeMachineByteString). */
export function uidOf(value: Value | undefined): string | undefined {
  const uid = textOf(value)?.replace(/\s/g, '');
  return uid === '' ? undefined : uid;
}

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
