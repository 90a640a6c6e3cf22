import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, opendir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MigrationError } from '../../functions/core/errors.ts';
import type { ByteRange, ObjectStore } from '../../functions/core/ports.ts';
import { makeDirectory, syncDirectory } from './durable-directory.ts';
import { stateErrorOfFile, systemCode } from './state-error.ts';

/** Objects under construction; no key begins with a dot. */
const INCOMING = '.incoming';

/** Objects as files below a folder. An object is there, whole and on disk, once `write` has returned. */
export class FileObjectStore implements ObjectStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  async write(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.#path(key);
    const incoming = join(this.#root, INCOMING);
    const temporary = join(incoming, randomUUID());
    try {
      await mkdir(incoming, { recursive: true, mode: 0o700 });
      await writeDurably(temporary, body);
      await makeDirectory(dirname(path));
      await rename(temporary, path);
      await syncDirectory(dirname(path));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw stateErrorOfFile(error, path);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    try {
      const file = await open(this.#path(key), 'r');
      try {
        const { size } = await file.stat();
        const offset = Math.min(range?.offset ?? 0, size);
        const bytes = new Uint8Array(Math.min(range?.length ?? size, size - offset));
        let filled = 0;
        while (filled < bytes.length) {
          const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return bytes.subarray(0, filled);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw readError(error, key);
    }
  }

  async *stream(key: string): AsyncIterable<Uint8Array> {
    try {
      yield* createReadStream(this.#path(key)) as AsyncIterable<Uint8Array>;
    } catch (error) {
      throw readError(error, key);
    }
  }

  async *list(prefix: string): AsyncIterable<string> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1);
    if (folder !== '') checkKey(folder.slice(0, -1));
    for await (const key of this.#walk(folder)) if (key.startsWith(prefix)) yield key;
  }

  /** Removes what writers that died have left half-written. Only for the process that holds the run lock. */
  async removeLeftovers(): Promise<void> {
    await rm(join(this.#root, INCOMING), { recursive: true, force: true });
  }

  async *#walk(folder: string): AsyncIterable<string> {
    const directory = await opendir(join(this.#root, folder)).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw stateErrorOfFile(error, join(this.#root, folder));
    });
    if (!directory) return;
    for await (const entry of directory) {
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) yield* this.#walk(`${folder}${entry.name}/`);
      else yield `${folder}${entry.name}`;
    }
  }

  #path(key: string): string {
    checkKey(key);
    return join(this.#root, key);
  }
}

/** Raises `OBJECT_KEY_INVALID` for what could leave the store's folder or hide in it. */
function checkKey(key: string): void {
  const valid = key.split('/').every((part) => part !== '' && !part.startsWith('.'));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be in a key.
  if (valid && !/[\\\u0000-\u001f]/.test(key)) return;
  throw new MigrationError('OBJECT_KEY_INVALID', `object key ${JSON.stringify(key)} is not allowed`);
}

async function writeDurably(path: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** EISDIR, ENOTDIR: the key is a part of another one's path, hence no object. */
function isMissing(error: unknown): boolean {
  return /^(ENOENT|EISDIR|ENOTDIR)$/.test(systemCode(error) ?? '');
}

function readError(error: unknown, key: string): unknown {
  if (!isMissing(error)) return stateErrorOfFile(error, key);
  return new MigrationError('OBJECT_NOT_FOUND', `there is no object ${key}`, { cause: error });
}
