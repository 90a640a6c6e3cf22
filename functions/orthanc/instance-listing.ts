import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { findJson } from './json.ts';
import { childInstances, series } from './schemas.ts';

/**
 * The instances of a study. Newer servers list IDs alone when asked with `expand=false`, in a fifth of the time of
 * `/studies/{id}/series` (1.13.0, which looks up all that is to be known of each series). Older ones ignore `expand` here and tell
 * all about each instance: that is believed once, and the series are asked from then on.
 */
export class InstanceListing {
  readonly #http: OrthancHttp;
  #long = false;

  constructor(http: OrthancHttp) {
    this.#http = http;
  }

  /** `undefined` when the server does not know the study. */
  async of(study: OrthancId): Promise<readonly OrthancId[] | undefined> {
    if (this.#long) {
      const found = await findJson(this.#http, { path: `studies/${study}/series` }, series);
      return found?.flatMap(({ Instances }) => Instances);
    }
    const found = await findJson(this.#http, { path: `studies/${study}/instances?expand=false` }, childInstances);
    this.#long = found?.some((one) => typeof one !== 'string') ?? false;
    return found?.map((one) => (typeof one === 'string' ? one : one.ID));
  }
}
