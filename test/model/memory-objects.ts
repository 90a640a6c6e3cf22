import { MigrationError } from '../../functions/core/errors.ts';
import type { ByteRange, ObjectStore } from '../../functions/core/ports.ts';

/** Objects in memory: each written whole or not at all. */
export class MemoryObjects implements ObjectStore {
  readonly #objects = new Map<string, Uint8Array>();

  async write(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const parts: Uint8Array[] = [];
    if (body instanceof Uint8Array) parts.push(body);
    else for await (const part of body) parts.push(part);
    this.#objects.set(key, new Uint8Array(Buffer.concat(parts)));
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    const object = this.#objects.get(key);
    if (!object) throw new MigrationError('OBJECT_NOT_FOUND', `no object ${key}`);
    return range ? object.subarray(range.offset, range.offset + range.length) : object;
  }

  async *stream(key: string): AsyncGenerator<Uint8Array> {
    yield await this.read(key);
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for (const key of this.#objects.keys()) if (key.startsWith(prefix)) yield key;
  }
}
