import * as z from 'zod';
import { UsageError } from './errors.ts';

const KEY_BYTES = 32;
const keys = z.record(z.string().regex(/^\d{1,10}$/), z.string());

/**
 * Master keys of storage encryption from JSON: `{"1": "base64 of 32 bytes"}`.
 * @param where what holds them, for the error. @param remedy what to write there. Raises `UsageError`, whose text holds no key.
 */
export function parseStorageKeys(
  text: string,
  where: string,
  remedy: string,
): readonly (readonly [number, Uint8Array])[] {
  const entries = Object.entries(parsed(text, where, remedy));
  return entries.map(([number, key]) => [Number(number), decodeStorageKey(key, number, where)]);
}

/** One master key, 32 bytes, from its base64. Raises `UsageError`, whose text holds no key. */
export function decodeStorageKey(text: string, number: string, where: string): Uint8Array {
  const base64 = text.trim();
  const key = Buffer.from(base64, 'base64');
  if (key.length === KEY_BYTES && /^[A-Za-z0-9+/]+=*$/.test(base64)) return key;
  throw new UsageError(`${where}: key ${number} is not the base64 of ${KEY_BYTES} bytes`);
}

function parsed(text: string, where: string, remedy: string): Record<string, string> {
  try {
    return keys.parse(JSON.parse(text));
  } catch {
    // No cause: its message would quote the text.
    throw new UsageError(`${where} holds no keys by their numbers; ${remedy}`);
  }
}
