import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { StorageKeys } from '../../functions/core/content.ts';
import { UsageError } from '../../functions/core/errors.ts';
import { decodeStorageKey, parseStorageKeys } from '../../functions/core/storage-keys.ts';
import { systemCode } from '../local/state-error.ts';
import { collect } from './selection.ts';

/** As commander gives them. */
export interface StorageKeyTexts {
  readonly storageKey?: readonly string[];
}

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

function readOne(text: string): readonly (readonly [number, Uint8Array])[] {
  const [, number, path] = /^(\d{1,10})=(.+)$/.exec(text) ?? [];
  if (number !== undefined && path !== undefined)
    return [[Number(number), decodeStorageKey(read(path), number, `--storage-key: ${path}`)]];
  const remedy = 'write it as {"1": "base64 of 32 bytes"}, or give the file of one key as 1=FILE';
  return parseStorageKeys(read(text), `--storage-key: ${text}`, remedy);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--storage-key: ${path} cannot be read (${systemCode(error) ?? 'unknown'})`, { cause: error });
  }
}
