import type { GetObjectCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { DumpError, type DumpFile, type Reading } from '../../core/dump.ts';
import { nameOf } from '../aws-error.ts';
import type { ObjectPart } from '../s3/pieces.ts';
import { getObject, headObject } from './object-get.ts';
import { type ObjectState, requireRange, stateOfAnswer } from './object-state.ts';
import { RunningGet } from './running-get.ts';
import { dumpErrorOf, troubleOf } from './s3-errors.ts';
import type { S3Object } from './s3-key.ts';

/** For whoever wants no more than a head: nearly all headers are shorter. */
const HEAD_BYTES = 64 * 1024;
/** Reading and forgetting so many bytes takes about as long as the answer to another request. */
const SKIPPED_BYTES = 1024 * 1024;
/** What is fetched at a place that was jumped to. */
const JUMP_BYTES = 1024 * 1024;
/** Who has read a range to its end gets one that is so many times longer. */
const GROWTH = 16;

/**
 * One GET opens an object and brings its beginning: all of it, or only what `head` says. Reading goes on in that answer; a jump begins
 * another one. Every further GET asks for the very object that was opened. Raises `DumpError`, `Postponed`, `FatalError`.
 */
export async function openS3File(client: S3Client, object: S3Object, reading: Reading): Promise<DumpFile> {
  try {
    const first = await getObject(client, object, reading === 'head' ? { Range: `bytes=0-${HEAD_BYTES - 1}` } : {});
    return await opened(client, object, stateOfAnswer(first), first);
  } catch (error) {
    // S3 has no range of an empty object.
    if (reading === 'head' && nameOf(error) === 'InvalidRange') return openS3File(client, object, 'whole');
    if (object.upload && troubleOf(error) === 'changed')
      throw new DumpError('REPLACED', 'an object of the dump was uploaded anew');
    throw dumpErrorOf(error, object.bucket);
  }
}

async function opened(client: S3Client, object: S3Object, state: ObjectState, first: GetObjectCommandOutput) {
  const file = new S3File(client, object, state, first);
  if (first.ContentRange !== undefined) await file.fetchAll();
  return file;
}

class S3File implements DumpFile {
  readonly size: number;
  readonly version: string;
  readonly #client: S3Client;
  /** The upload that was opened. */
  readonly #object: S3Object;
  #get: RunningGet;
  #open = true;

  constructor(client: S3Client, object: S3Object, state: ObjectState, first: GetObjectCommandOutput) {
    this.size = state.size;
    this.version = state.version;
    this.#client = client;
    this.#object = object.upload?.versionId === undefined ? { ...object, upload: { etag: state.etag } } : object;
    this.#get = this.#running(0, first.ContentLength ?? state.size, first);
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    if (!this.#open) throw new Error('the file is closed');
    const wanted = into.subarray(0, Math.max(0, this.size - position));
    for (let filled = 0; filled < wanted.length; ) {
      const copied = this.#get.copy(wanted.subarray(filled), position + filled);
      filled += copied;
      if (copied === 0) await this.#advance(position + filled);
    }
    return wanted.length;
  }

  async versionNow(): Promise<string> {
    return stateOfAnswer(await headObject(this.#client, this.#object)).version;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#get.close();
  }

  /** Fetches what the answer that opened it holds. */
  async fetchAll(): Promise<void> {
    while (this.#get.at < this.#get.end) await this.#get.pull(0);
  }

  /** Brings bytes nearer that are not at hand. */
  async #advance(position: number): Promise<void> {
    try {
      const { at, end, length } = this.#get;
      if (position >= at && position < end && position - at <= SKIPPED_BYTES) return await this.#get.pull(position);
      await this.#get.close();
      const bytes = position === end ? length * GROWTH : JUMP_BYTES;
      this.#get = this.#running(position, Math.min(position + bytes, this.size));
      await this.#get.pull(position);
    } catch (error) {
      throw dumpErrorOf(error, this.#object.bucket);
    }
  }

  #running(from: number, end: number, first?: GetObjectCommandOutput): RunningGet {
    let given = first;
    const get = async (part: ObjectPart): Promise<GetObjectCommandOutput> => {
      const answer = given ?? (await getObject(this.#client, this.#object, part));
      // A server that knows no ranges would give the beginning instead.
      if (!given) requireRange(part, answer);
      given = undefined;
      return answer;
    };
    return new RunningGet(get, from, end);
  }
}
