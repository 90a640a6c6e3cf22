import type { OrthancId } from '../core/ids.ts';
import { recorded } from './attachment-facts.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { Refusable } from './refusable.ts';
import { foundInstances } from './schemas.ts';
import type { Recorded } from './server.ts';
import { type ServerVersion, WITH_PARENTS } from './version.ts';

export interface Parent {
  readonly level: 'ParentStudy' | 'ParentSeries';
  readonly id: OrthancId;
}

/** AttachmentType of a DICOM file. */
const DICOM = 1;
/** Bounds the size of an answer: some megabytes. */
const MOST_ROWS = 20_000;
const MOST_REMEMBERED = 10_000;

/**
 * Size and MD5 of many instances by one `/tools/find`. What it says is believed; what it leaves out is not, as `LimitFindInstances`
 * cuts such answers silently.
 */
export class InstanceSearch {
  readonly #http: OrthancHttp;
  readonly #version: ServerVersion;
  readonly #byParent = new Refusable();
  readonly #byUid = new Refusable();
  readonly #rows = new Map<OrthancId, number>();

  constructor(http: OrthancHttp, version: ServerVersion) {
    this.#http = http;
    this.#version = version;
  }

  async findsByParent(): Promise<boolean> {
    return !this.#byParent.isRefused && (await this.#version.isAtLeast(WITH_PARENTS));
  }

  async findsByUid(): Promise<boolean> {
    return !this.#byUid.isRefused && (await this.#version.isAtLeast(WITH_PARENTS));
  }

  /** How many instances the last answer about this study or series had; 0 before the first. */
  rowsOf(parent: OrthancId): number {
    return this.#rows.get(parent) ?? 0;
  }

  /** Asks for all instances of a study or a series; adds what the answer says about `wanted` to `known`. */
  async addOf(parent: Parent, wanted: ReadonlySet<OrthancId>, known: Map<OrthancId, Recorded>): Promise<void> {
    const rows = await this.#add(this.#byParent, { [parent.level]: parent.id, Query: {} }, wanted, known);
    if (rows === undefined) return;
    if (this.#rows.size >= MOST_REMEMBERED) this.#rows.clear();
    this.#rows.set(parent.id, rows);
  }

  /**
   * Asks for the instances that have one of these SOPInstanceUIDs, and adds what the answer says about `wanted` to `known`.
   *
   * @returns how many instances the answer had, wanted or not; `undefined` when the server refused it.
   */
  addByUid(
    uids: readonly string[],
    wanted: ReadonlySet<OrthancId>,
    known: Map<OrthancId, Recorded>,
  ): Promise<number | undefined> {
    return this.#add(this.#byUid, { Query: { SOPInstanceUID: uids.join('\\') } }, wanted, known);
  }

  async #add(
    question: Refusable,
    where: Readonly<Record<string, unknown>>,
    wanted: ReadonlySet<OrthancId>,
    known: Map<OrthancId, Recorded>,
  ): Promise<number | undefined> {
    const body = JSON.stringify({ Level: 'Instance', ...where, ResponseContent: ['Attachments'], Limit: MOST_ROWS });
    const rows = await question.ask(() => askJson(this.#http, { path: 'tools/find', body }, foundInstances));
    for (const { ID, Attachments } of rows ?? []) {
      const file = wanted.has(ID) ? Attachments.find(({ ContentType }) => ContentType === DICOM) : undefined;
      if (file) known.set(ID, recorded(file.UncompressedSize, file.UncompressedMD5));
    }
    return rows?.length;
  }
}
