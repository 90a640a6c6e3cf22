import { isUid, type OrthancId } from '../core/ids.ts';
import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';
import type { InstanceListing } from './instance-listing.ts';
import { findShortJson } from './json.ts';
import { instances, tagValue } from './schemas.ts';
import type { ListedInstance } from './server.ts';

/** What is taken of an answer: some 20,000 instances. */
const MOST_BYTES = 8 * 1024 * 1024;
const MOST_REMEMBERED = 10_000;

/**
 * The instances of a study with size and SOPInstanceUID, by the one route that tells all of it (`/studies/{id}/instances`). Where that is
 * too much, or the server fails to describe one of them (it does when it has lost the record of a file), they are listed alone.
 */
export class InstanceDescription {
  readonly #http: OrthancHttp;
  readonly #listing: InstanceListing;
  readonly #undescribed = new Set<OrthancId>();

  constructor(http: OrthancHttp, listing: InstanceListing) {
    this.#http = http;
    this.#listing = listing;
  }

  /** `undefined` when the server does not know the study. */
  async of(study: OrthancId): Promise<readonly ListedInstance[] | undefined> {
    if (!this.#undescribed.has(study)) {
      const found = await this.#described(study);
      if (found !== 'not-told') return found;
    }
    const listed = await this.#listing.of(study);
    // Only now is it sure that this is about the study: in an outage the listing fails, too, and the study is described afterwards.
    if (this.#undescribed.size >= MOST_REMEMBERED) this.#undescribed.clear();
    this.#undescribed.add(study);
    return listed?.map((id) => ({ id }));
  }

  async #described(study: OrthancId): Promise<readonly ListedInstance[] | undefined | 'not-told'> {
    try {
      const found = await findShortJson(this.#http, { path: `studies/${study}/instances` }, instances, MOST_BYTES);
      if (found === 'too-long') return 'not-told';
      return found?.map(({ ID, FileSize, MainDicomTags }) => {
        const sopInstanceUid = tagValue(MainDicomTags, 'SOPInstanceUID');
        return {
          id: ID,
          ...(FileSize !== undefined && { size: FileSize }),
          ...(sopInstanceUid !== undefined && isUid(sopInstanceUid) && { sopInstanceUid }),
        };
      });
    } catch (error) {
      // If the server has any other trouble, the listing meets it, too.
      if (error instanceof OrthancError) return 'not-told';
      throw error;
    }
  }
}
