/**
 * Objects that Orthanc's object storage plugins encrypted (EncryptionHelpers.cpp of orthanc-object-storage, "A1"): magic, number of
 * the master key, encrypted IV, encrypted data key, content, tag.
 */
import { createDecipheriv, type DecipherGCM } from 'node:crypto';
import type { StorageKeys } from '../core/content.ts';
import { ContentError } from './content-error.ts';

const IV_AT = 6;
const KEY_AT = 38;
/** What precedes the content; it is authenticated with it. */
export const HEADER_BYTES = 70;
export const TAG_BYTES = 16;
/** By how much an encrypted object is longer than its content. */
export const ENCRYPTION_BYTES = HEADER_BYTES + TAG_BYTES;

/** The number of the master key, where these are the first bytes of an encrypted object. */
export function masterKeyNumber(bytes: Uint8Array): number | undefined {
  if (bytes.length < ENCRYPTION_BYTES || bytes[0] !== 0x41 || bytes[1] !== 0x31) return undefined;
  // A text may begin with A1, too; 64 encrypted bytes are never all ASCII.
  if (bytes.subarray(IV_AT, HEADER_BYTES).every((byte) => byte < 0x80)) return undefined;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(2, true);
}

/** Raises `STORAGE_KEY_MISSING`. */
export function masterKey(keys: StorageKeys, number: number): Uint8Array {
  const key = keys.get(number);
  if (!key) throw new ContentError('STORAGE_KEY_MISSING', `the storage encryption key ${number} was not given`);
  return key;
}

/** Decrypts what follows the first `HEADER_BYTES` bytes; its `final` raises unless the tag was set and fits. */
export function decipher(header: Uint8Array, masterKey: Uint8Array): DecipherGCM {
  const iv = decryptPart(header.subarray(IV_AT, KEY_AT), masterKey);
  const dataKey = decryptPart(header.subarray(KEY_AT, HEADER_BYTES), masterKey);
  return createDecipheriv('aes-256-gcm', dataKey, iv, { authTagLength: TAG_BYTES }).setAAD(
    header.subarray(0, HEADER_BYTES),
  );
}

/** IV and data key are encrypted each by itself, both with an IV of zeros. */
function decryptPart(part: Uint8Array, masterKey: Uint8Array): Buffer {
  return createDecipheriv('aes-256-ctr', masterKey, Buffer.alloc(16)).update(part);
}
