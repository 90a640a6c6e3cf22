import { FatalError, MigrationError, messageOf } from '../../functions/core/errors.ts';
import type { JobId } from '../../functions/core/ids.ts';
import type { ByteRange, ObjectStore } from '../../functions/core/ports.ts';
import { evidencePrefix, manifestKey } from '../../functions/evidence/manifest.ts';
import type { Stack } from './client.ts';

/** Links are valid for 15 minutes; younger than this they are used. Milliseconds. */
const LINK_MS = 5 * 60_000;

/** The evidence of one job of a stack as an object store: read through links that the stack gives. */
export class StackEvidence implements ObjectStore {
  readonly #stack: Stack;
  readonly #job: JobId;
  readonly #links = new Map<string, { readonly link: string; readonly at: number; readonly page: number }>();

  constructor(stack: Stack, job: JobId) {
    this.#stack = stack;
    this.#job = job;
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    const pieces: Uint8Array[] = [];
    for await (const piece of this.stream(key)) pieces.push(piece);
    const whole = Buffer.concat(pieces);
    return range ? whole.subarray(range.offset, range.offset + range.length) : whole;
  }

  async *stream(key: string): AsyncGenerator<Uint8Array> {
    const response = await this.#open(key);
    try {
      if (response.body) yield* response.body;
    } catch (error) {
      throw notToBeHad(key, messageOf(error));
    }
  }

  async *list(prefix: string): AsyncGenerator<string> {
    for (let from: number | undefined = 0; from !== undefined; ) from = await this.#askFrom(from);
    for (const key of this.#links.keys()) if (key.startsWith(prefix)) yield key;
  }

  /** Evidence is written by the stack alone. */
  async write(key: string): Promise<void> {
    throw new FatalError('READ_ONLY', `${key} cannot be written: evidence belongs to the stack`);
  }

  async #open(key: string): Promise<Response> {
    const link = await this.#link(key);
    const response = await fetch(link).catch((error: unknown) => {
      throw notToBeHad(key, messageOf(error instanceof Error ? (error.cause ?? error) : error));
    });
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404) throw new MigrationError('OBJECT_NOT_FOUND', `${key} is gone`);
    throw notToBeHad(key, `HTTP ${response.status}`);
  }

  async #link(key: string): Promise<string> {
    const known = this.#links.get(key);
    if (known && Date.now() - known.at < LINK_MS) return known.link;
    for (let from: number | undefined = known?.page ?? 0; from !== undefined; ) {
      from = await this.#askFrom(from);
      const found = this.#links.get(key);
      if (found && Date.now() - found.at < LINK_MS) return found.link;
    }
    throw new MigrationError('OBJECT_NOT_FOUND', `${key} is not part of the evidence of job ${this.#job}`);
  }

  /** Asks for the links of one page; returns where the next one begins. */
  async #askFrom(from: number): Promise<number | undefined> {
    const { link, shards, next } = await this.#stack.ask('report', { job: this.#job, from });
    const at = Date.now();
    this.#links.set(manifestKey(this.#job), { link, at, page: from });
    for (const shard of shards)
      this.#links.set(evidencePrefix(this.#job) + shard.path, { link: shard.link, at, page: from });
    return next;
  }
}

/** Without the link, which lets anybody in. */
function notToBeHad(key: string, why: string): FatalError {
  return new FatalError('EVIDENCE_UNREACHABLE', `${key} cannot be downloaded: ${why}`);
}
