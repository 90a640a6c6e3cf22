import type { OrthancId } from '../core/ids.ts';
import { recorded } from './attachment-facts.ts';
import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { foundInstances } from './schemas.ts';
import type { Recorded } from './server.ts';
import type { ServerVersion } from './version.ts';

/** `ParentStudy` and `ResponseContent` of `/tools/find` came with this version; older ones ignore them and list the whole server. */
const WITH_PARENT_STUDY = [1, 12, 5] as const;
/** AttachmentType of a DICOM file. */
const DICOM = 1;
/** A row of an answer costs the server about 20 µs, an instance asked singly about 330 µs (1.13.0, SQLite). */
const ROWS_PER_ASKED = 16;
/** Below this many instances of one study, asking them singly is as fast. */
const WORTH_IT = 4;
/** Bounds the size of an answer: some megabytes. */
const MOST_ROWS = 20_000;
const MOST_REMEMBERED = 10_000;
/** After a refusal: it may have been a gateway's for a moment, and asking singly is much slower. */
const PAUSE_MS = 60_000;

/**
 * Looks up instances by the study that they are in, with one `/tools/find` for all of them. What it says is believed; what it leaves
 * out is not, as `LimitFindInstances` cuts such answers silently.
 */
export class StudyFinder {
  readonly #http: OrthancHttp;
  readonly #version: ServerVersion;
  /** Milliseconds on the clock of `performance.now()`. */
  #refusedUntil = 0;
  /** Rows that a study's answer had, for studies that were too large to be asked for a few instances. */
  readonly #large = new Map<OrthancId, number>();

  constructor(http: OrthancHttp, version: ServerVersion) {
    this.#http = http;
    this.#version = version;
  }

  /** Adds what it learns about `wanted` to `known`. */
  async addStudy(study: OrthancId, wanted: ReadonlySet<OrthancId>, known: Map<OrthancId, Recorded>): Promise<void> {
    if (wanted.size < WORTH_IT || (this.#large.get(study) ?? 0) > wanted.size * ROWS_PER_ASKED) return;
    if (performance.now() < this.#refusedUntil || !(await this.#version.isAtLeast(WITH_PARENT_STUDY))) return;
    const rows = await this.#find(study);
    if (!rows) return;
    this.#remember(study, rows.length);
    for (const { ID, Attachments } of rows) {
      const file = wanted.has(ID) ? Attachments.find(({ ContentType }) => ContentType === DICOM) : undefined;
      if (file) known.set(ID, recorded(file.UncompressedSize, file.UncompressedMD5));
    }
  }

  async #find(study: OrthancId) {
    const body = JSON.stringify({
      Level: 'Instance',
      ParentStudy: study,
      Query: {},
      ResponseContent: ['Attachments'],
      Limit: MOST_ROWS,
    });
    try {
      return await askJson(this.#http, { path: 'tools/find', body }, foundInstances);
    } catch (error) {
      // A server that does not know this form of the question, or does not allow it, is asked one by one.
      if (!(error instanceof OrthancError) || !refused(error)) throw error;
      this.#refusedUntil = performance.now() + PAUSE_MS;
      return undefined;
    }
  }

  #remember(study: OrthancId, rows: number): void {
    if (this.#large.size >= MOST_REMEMBERED) this.#large.clear();
    this.#large.set(study, rows);
  }
}

function refused(error: OrthancError): boolean {
  const status = error.answer?.status;
  return status === 200 || status === 400 || status === 403 || status === 404 || status === 405 || status === 501;
}
