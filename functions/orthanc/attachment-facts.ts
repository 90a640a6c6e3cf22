import * as z from 'zod';
import type { OrthancId } from '../core/ids.ts';
import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';
import { findJson, parseJson } from './json.ts';
import { attachment, md5Of } from './schemas.ts';
import type { Recorded } from './server.ts';
import type { ServerVersion } from './version.ts';

/** `attachments/{name}/info` came with this version. Before, the route does not exist, and its 404 is no word about the instance. */
const WITH_INFO = [1, 10, 0] as const;
/** Fewer are not worth a batch. */
const WORTH_IT = 4;
/** After something else than answers came to a batch: it may be a gateway that does not like them. Milliseconds. */
const PAUSE_MS = 60_000;

/** Size and MD5 of one instance, from its own routes. `undefined` only when the server itself does not know the instance. */
export class AttachmentFacts {
  readonly #http: OrthancHttp;
  readonly #version: ServerVersion;
  /** Milliseconds on the clock of `performance.now()`. */
  #refusedUntil = 0;

  constructor(http: OrthancHttp, version: ServerVersion) {
    this.#http = http;
    this.#version = version;
  }

  async of(instance: OrthancId): Promise<Recorded | undefined> {
    const path = `instances/${instance}/attachments/dicom`;
    return (await this.#version.isAtLeast(WITH_INFO)) ? this.#info(path) : this.#sizeAndMd5(path);
  }

  /** Adds what many questions at once bring; what they do not bring says nothing. */
  async addTo(known: Map<OrthancId, Recorded>, ids: readonly OrthancId[]): Promise<void> {
    if (ids.length < WORTH_IT || performance.now() < this.#refusedUntil) return;
    if (!(await this.#version.isAtLeast(WITH_INFO))) return;
    const paths = ids.map((id) => `instances/${id}/attachments/dicom/info`);
    const wentWell = await this.#http.batches.ask(paths, (index, { head, body }) => {
      const id = ids[index];
      const info = head.status === 200 && !head.encoded ? attachment.safeParse(parseJson(body)).data : undefined;
      if (id && info) known.set(id, recorded(info.UncompressedSize, info.UncompressedMD5));
    });
    if (!wentWell) this.#refusedUntil = performance.now() + PAUSE_MS;
  }

  async #info(path: string): Promise<Recorded | undefined> {
    const info = await findJson(this.#http, { path: `${path}/info` }, attachment);
    return info && recorded(info.UncompressedSize, info.UncompressedMD5);
  }

  async #sizeAndMd5(path: string): Promise<Recorded | undefined> {
    // The size is plain digits, which are JSON.
    const size = await findJson(this.#http, { path: `${path}/size` }, z.number().int().nonnegative());
    if (size === undefined) return undefined;
    const answer = await this.#http.bytes({ path: `${path}/md5` }).catch((error: unknown) => {
      // Without `StoreMD5ForAttachments` there is none: a 404 that Orthanc never describes.
      if (error instanceof OrthancError && error.answer?.status === 404) return Buffer.alloc(0);
      throw error;
    });
    return recorded(size, Buffer.from(answer).toString('latin1').trim());
  }
}

export function recorded(size: number, md5Text: string): Recorded {
  const md5 = md5Of(md5Text);
  return md5 === undefined ? { size } : { size, md5 };
}
