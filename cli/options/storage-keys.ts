import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { z } from 'zod';
import type { StorageKeys } from '../../functions/core/content.ts';
import { UsageError } from '../../functions/core/errors.ts';
import { systemCode } from '../local/state-error.ts';
import { collect } from './selection.ts';

/** As commander gives them. */
export interface StorageKeyTexts {
  readonly storageKey?: readonly string[];
}

const KEY_BYTES = 32;
const keyFile = z.record(z.string().regex(/^\d{1,10}$/), z.string());

export function addStorageKeyOption(command: Command): Command {
  return command.option(
    '--storage-key <file>',
    'master keys of encrypted storage (repeatable): JSON {"1": "base64 of 32 bytes"}, or 1=FILE with the base64 alone',
    collect,
  );
}

/** Reads the master keys of storage encryption. Raises `UsageError`, whose text holds no key. */
export function readStorageKeys({ storageKey = [] }: StorageKeyTexts): StorageKeys {
  const keys = new Map<number, Uint8Array>();
  for (const text of storageKey)
    for (const [number, key] of readOne(text)) {
      if (keys.has(number)) throw new UsageError(`--storage-key: key ${number} is given twice`);
      keys.set(number, key);
    }
  return keys;
}

function readOne(text: string): [number, Uint8Array][] {
  const [, number, path] = /^(\d{1,10})=(.+)$/.exec(text) ?? [];
  if (number !== undefined && path !== undefined) return [[Number(number), decoded(path, number, read(path))]];
  const entries = parsed(text);
  return Object.entries(entries).map(([name, key]) => [Number(name), decoded(text, name, key)]);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--storage-key: ${path} cannot be read (${systemCode(error) ?? 'unknown'})`, { cause: error });
  }
}

function parsed(path: string): Record<string, string> {
  const text = read(path);
  const remedy = 'write it as {"1": "base64 of 32 bytes"}, or give the file of one key as 1=FILE';
  try {
    return keyFile.parse(JSON.parse(text));
  } catch {
    // No cause: its message would quote the file.
    throw new UsageError(`--storage-key: ${path} holds no keys by their numbers; ${remedy}`);
  }
}

function decoded(path: string, number: string, text: string): Uint8Array {
  const base64 = text.trim();
  const key = Buffer.from(base64, 'base64');
  if (key.length === KEY_BYTES && /^[A-Za-z0-9+/]+=*$/.test(base64)) return key;
  throw new UsageError(`--storage-key: key ${number} of ${path} is not the base64 of ${KEY_BYTES} bytes`);
}
