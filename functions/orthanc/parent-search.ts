import type { OrthancId } from '../core/ids.ts';
import { recorded } from './attachment-facts.ts';
import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { foundInstances } from './schemas.ts';
import type { Recorded } from './server.ts';
import type { ServerVersion } from './version.ts';

export interface Parent {
  readonly level: 'ParentStudy' | 'ParentSeries';
  readonly id: OrthancId;
}

/** These fields of `/tools/find` came with this version; older ones ignore them and list the whole server. */
const WITH_PARENTS = [1, 12, 5] as const;
/** AttachmentType of a DICOM file. */
const DICOM = 1;
/** Bounds the size of an answer: some megabytes. */
const MOST_ROWS = 20_000;
const MOST_REMEMBERED = 10_000;
/** After a refusal: it may have been a gateway's for a moment, and asking singly is much slower. */
const PAUSE_MS = 60_000;

/**
 * Size and MD5 of all instances of a study or a series by one `/tools/find`. What it says is believed; what it leaves out is not, as
 * `LimitFindInstances` cuts such answers silently.
 */
export class ParentSearch {
  readonly #http: OrthancHttp;
  readonly #version: ServerVersion;
  /** Milliseconds on the clock of `performance.now()`. */
  #refusedUntil = 0;
  readonly #rows = new Map<OrthancId, number>();

  constructor(http: OrthancHttp, version: ServerVersion) {
    this.#http = http;
    this.#version = version;
  }

  async isUsable(): Promise<boolean> {
    return performance.now() >= this.#refusedUntil && (await this.#version.isAtLeast(WITH_PARENTS));
  }

  /** How many instances the last answer about this study or series had; 0 before the first. */
  rowsOf(parent: OrthancId): number {
    return this.#rows.get(parent) ?? 0;
  }

  /** Adds what the answer says about `wanted` to `known`. */
  async add(parent: Parent, wanted: ReadonlySet<OrthancId>, known: Map<OrthancId, Recorded>): Promise<void> {
    const rows = await this.#find(parent);
    if (!rows) return;
    if (this.#rows.size >= MOST_REMEMBERED) this.#rows.clear();
    this.#rows.set(parent.id, rows.length);
    for (const { ID, Attachments } of rows) {
      const file = wanted.has(ID) ? Attachments.find(({ ContentType }) => ContentType === DICOM) : undefined;
      if (file) known.set(ID, recorded(file.UncompressedSize, file.UncompressedMD5));
    }
  }

  async #find({ level, id }: Parent) {
    const body = JSON.stringify({
      Level: 'Instance',
      [level]: id,
      Query: {},
      ResponseContent: ['Attachments'],
      Limit: MOST_ROWS,
    });
    try {
      return await askJson(this.#http, { path: 'tools/find', body }, foundInstances);
    } catch (error) {
      // A server that does not know this form of the question, or does not allow it, is asked one by one.
      if (!(error instanceof OrthancError) || !isRefusal(error)) throw error;
      this.#refusedUntil = performance.now() + PAUSE_MS;
      return undefined;
    }
  }
}

function isRefusal(error: OrthancError): boolean {
  const status = error.answer?.status;
  return status === 200 || status === 400 || status === 403 || status === 404 || status === 405 || status === 501;
}
