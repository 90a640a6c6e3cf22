import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { askJson, findJson } from './json.ts';
import { Refusable } from './refusable.ts';
import { children, foundSeries, series } from './schemas.ts';
import { type ServerVersion, WITH_PARENTS } from './version.ts';

/**
 * The instances of a study, by the quickest way that leaves none out (milliseconds of CPU on 1.13.0 with SQLite and 50,000 instances;
 * all but the first take longer with every instance that the server holds):
 *
 * 1. The study's series (`/studies/{id}/series?expand=false`), and a search that tells the instances of each: 2 ms. A search may be
 *    cut silently (`LimitFindResults`), so that it counts only when it tells of every series.
 * 2. `/studies/{id}/instances?expand=false`: 15 ms.
 * 3. `/studies/{id}/series`, which all versions have: 50 ms, on 1.10.1 below one. Servers before 1.12.5 are asked this alone: they ignore
 *    `expand`, and describing all instances fails when one of them has lost its file's record.
 */
export class InstanceListing {
  readonly #http: OrthancHttp;
  readonly #version: ServerVersion;
  readonly #search = new Refusable();

  constructor(http: OrthancHttp, version: ServerVersion) {
    this.#http = http;
    this.#version = version;
  }

  /** `undefined` when the server does not know the study. */
  async of(study: OrthancId): Promise<readonly OrthancId[] | undefined> {
    if (!(await this.#version.isAtLeast(WITH_PARENTS))) {
      const found = await findJson(this.#http, { path: `studies/${study}/series` }, series);
      return found?.flatMap(({ Instances }) => Instances);
    }
    const searched = await this.#bySearch(study);
    return searched === 'not-told' ? this.#children(`studies/${study}/instances`) : searched;
  }

  /** All instances of a study in two cheap questions, if the server has them and its answer is whole. */
  async #bySearch(study: OrthancId): Promise<readonly OrthancId[] | undefined | 'not-told'> {
    if (this.#search.isRefused) return 'not-told';
    const [all, found] = await Promise.all([
      this.#children(`studies/${study}/series`),
      this.#search.ask(() => this.#seriesOf(study)),
    ]);
    if (!all) return undefined;
    const instances = new Map(found?.map(({ ID, Instances }) => [ID, Instances]));
    return all.every((id) => instances.has(id)) ? all.flatMap((id) => instances.get(id) ?? []) : 'not-told';
  }

  /** IDs alone, if the server knows how to. */
  async #children(path: string): Promise<readonly OrthancId[] | undefined> {
    const found = await findJson(this.#http, { path: `${path}?expand=false` }, children);
    return found?.map((one) => (typeof one === 'string' ? one : one.ID));
  }

  #seriesOf(study: OrthancId) {
    const body = JSON.stringify({ Level: 'Series', ParentStudy: study, Query: {}, ResponseContent: ['Children'] });
    return askJson(this.#http, { path: 'tools/find', body }, foundSeries);
  }
}
