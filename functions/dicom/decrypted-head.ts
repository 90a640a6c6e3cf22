import type { DecipherGCM } from 'node:crypto';
import type { Head } from '../core/content.ts';
import { decipher, ENCRYPTION_BYTES, HEADER_BYTES } from './storage-encryption.ts';

/** The beginning of an encrypted content. What it gives is not authenticated, unless it is all. */
export class DecryptedHead implements Head {
  /** All was read, and its tag does not fit. */
  broken = false;
  readonly #outer: Head;
  readonly #masterKey: Uint8Array;
  #decipher: DecipherGCM | undefined;
  #plain: Buffer = Buffer.alloc(0);
  #ended = false;

  constructor(outer: Head, masterKey: Uint8Array) {
    this.#outer = outer;
    this.#masterKey = masterKey;
  }

  async read(bytes: number): Promise<Uint8Array> {
    if (this.#plain.length < bytes && !this.#ended) await this.#grow(bytes);
    return this.#plain.subarray(0, bytes);
  }

  async #grow(bytes: number): Promise<void> {
    const wanted = bytes + ENCRYPTION_BYTES;
    const outer = await this.#outer.read(wanted);
    this.#ended = outer.length < wanted;
    this.#decipher ??= decipher(outer, this.#masterKey);
    const end = HEADER_BYTES + Math.max(0, outer.length - ENCRYPTION_BYTES);
    const more = this.#decipher.update(outer.subarray(HEADER_BYTES + this.#plain.length, end));
    this.#plain = Buffer.concat([this.#plain, more]);
    if (this.#ended) this.#verify(this.#decipher, outer.subarray(end));
  }

  #verify(decipher: DecipherGCM, tag: Uint8Array): void {
    try {
      decipher.setAuthTag(tag).final();
    } catch {
      this.broken = true;
    }
  }
}
