import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { MigrationError } from '../../core/errors.ts';
import type { ByteRange, ObjectStore } from '../../core/ports.ts';
import { awsError, nameOf } from '../aws-error.ts';
import { pieces } from './pieces.ts';

/** A stream of up to so many bytes is put at once; a larger one in parts of that size, so that 10,000 parts hold 80 GB. */
const PART_BYTES = 8 * 1024 * 1024;
/** Parts on the wire at once: that much of a stream is in memory. */
const PARTS_AT_ONCE = 2;

/** Objects in a bucket of S3, which shows an object only when it is whole. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async write(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    if (body instanceof Uint8Array) return this.#put(key, body);
    // What the body itself raises is not for S3 to explain.
    const broken: { error?: unknown } = {};
    try {
      await new Upload({
        client: this.#client,
        params: { ...this.#at(key), Body: Readable.from(watched(body, broken), { objectMode: true }) },
        partSize: PART_BYTES,
        queueSize: PARTS_AT_ONCE,
      }).done();
    } catch (error) {
      if ('error' in broken) throw broken.error;
      throw unavailable(`object ${key} cannot be written`, error);
    }
  }

  async read(key: string, range?: ByteRange): Promise<Uint8Array> {
    if (range?.length === 0) return this.#nothingOf(key);
    const found: Uint8Array[] = [];
    for await (const piece of this.#pieces(key, range)) found.push(piece);
    return found.length === 1 && found[0] ? found[0] : Buffer.concat(found);
  }

  stream(key: string): AsyncIterable<Uint8Array> {
    return this.#pieces(key);
  }

  async *list(prefix: string): AsyncIterable<string> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: prefix,
        ...(token !== undefined && { ContinuationToken: token }),
      });
      const { Contents = [], NextContinuationToken } = await this.#client.send(command).catch((error: unknown) => {
        throw unavailable(`bucket ${this.#bucket} cannot be listed`, error);
      });
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
      token = NextContinuationToken;
    } while (token !== undefined);
  }

  async #put(key: string, body: Uint8Array): Promise<void> {
    try {
      await this.#client.send(new PutObjectCommand({ ...this.#at(key), Body: body }));
    } catch (error) {
      throw unavailable(`object ${key} cannot be written`, error);
    }
  }

  /** S3 has no range of no bytes. */
  async #nothingOf(key: string): Promise<Uint8Array> {
    try {
      await this.#client.send(new HeadObjectCommand(this.#at(key)));
      return new Uint8Array();
    } catch (error) {
      throw readError(key, error);
    }
  }

  async *#pieces(key: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    const at = this.#at(key);
    try {
      yield* pieces((part) => this.#client.send(new GetObjectCommand({ ...at, ...part })), range);
    } catch (error) {
      throw readError(key, error);
    }
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: key };
  }
}

async function* watched(body: AsyncIterable<Uint8Array>, broken: { error?: unknown }): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    broken.error = error;
    throw error;
  }
}

/** A HEAD has no body to say `NoSuchKey` in: the client calls it `NotFound`. */
function readError(key: string, error: unknown): MigrationError {
  if (!/^(NoSuchKey|NotFound)$/.test(nameOf(error))) return unavailable(`object ${key} cannot be read`, error);
  return new MigrationError('OBJECT_NOT_FOUND', `there is no object ${key}`, { cause: error });
}

function unavailable(what: string, error: unknown): MigrationError {
  return awsError('OBJECTS_UNAVAILABLE', what, error);
}
