import { eachBounded } from '../core/bounded.ts';
import type { OrthancId } from '../core/ids.ts';
import { AttachmentFacts } from './attachment-facts.ts';
import type { BulkContent } from './bulk-content.ts';
import type { OrthancHttp } from './http.ts';
import { InstanceSearch } from './instance-search.ts';
import { bulkInstances } from './schemas.ts';
import type { Absence, Hints, Recorded } from './server.ts';
import { StudyFinder } from './study-finder.ts';
import { UidFinder } from './uid-finder.ts';
import type { ServerVersion } from './version.ts';

const CONCURRENT = 8;
const SAMPLE = 8;
const CONCURRENT_STUDIES = 4;
const NOTHING: ReadonlyMap<OrthancId, never> = new Map<OrthancId, never>();

/**
 * Looks up what a server recorded about many instances, by the quickest way that is sure. Four questions, from coarse to fine:
 *
 * 1. `/tools/find` by SOPInstanceUID, where that is known and the version has it: size and MD5 of 40 instances, in as many studies, in
 *    2 ms, however much the server holds. Believed for what it brings.
 * 2. `/tools/find` by study, where the version has it: size and MD5 of 200 instances in about 5 ms. Believed for what it brings.
 * 3. `/tools/bulk-content`, when nothing of a sample is there: 200 unknown instances in about 1 ms. It is not subject to the limits
 *    of `/tools/find`, so what it leaves out is unknown; what it brings is asked on.
 * 4. The attachment of each instance: about 0.1 ms (1.10.1) to 0.3 ms (1.13.0), first in batches, which are believed for what they
 *    bring. The 404 to a single question is the only other proof of absence.
 *
 * Where `likely` absence is enough, an empty answer to the first will do, and so will what the third leaves out; where nothing was
 * there the last time, the third comes before the second.
 */
export class RecordedLookup {
  readonly #bulk: BulkContent;
  readonly #uids: UidFinder;
  readonly #finder: StudyFinder;
  readonly #facts: AttachmentFacts;
  /** Nothing was there the last time. */
  #expectsNothing = false;

  constructor(http: OrthancHttp, version: ServerVersion, bulk: BulkContent) {
    this.#bulk = bulk;
    const search = new InstanceSearch(http, version);
    this.#uids = new UidFinder(search);
    this.#finder = new StudyFinder(http, search);
    this.#facts = new AttachmentFacts(http, version);
  }

  findsByUid(): Promise<boolean> {
    return this.#uids.isUsable();
  }

  async of(
    ids: readonly OrthancId[],
    { studies = NOTHING, sopInstanceUids = NOTHING }: Hints,
    absence: Absence,
  ): Promise<Map<OrthancId, Recorded>> {
    const known = new Map<OrthancId, Recorded>();
    const unfound = await this.#uids.add(entriesOf(ids, sopInstanceUids), known);
    let left = [...new Set(ids)].filter((id) => !known.has(id) && !(absence === 'likely' && unfound.has(id)));
    const rulesOutFirst = absence === 'likely' && this.#expectsNothing;
    if (rulesOutFirst) left = await this.#likelyThere(left);
    await this.#addByStudy(left, studies, known);
    left = left.filter((id) => !known.has(id));
    if (absence === 'likely') {
      if (!rulesOutFirst) left = await this.#likelyThere(left);
      this.#expectsNothing = known.size + left.length === 0;
    }
    await this.#addEach(left, known);
    return known;
  }

  async #addByStudy(
    ids: readonly OrthancId[],
    studies: ReadonlyMap<OrthancId, OrthancId>,
    known: Map<OrthancId, Recorded>,
  ): Promise<void> {
    const wanted = Map.groupBy(ids, (id) => studies.get(id));
    await eachBounded([...wanted], CONCURRENT_STUDIES, async ([study, its]) => {
      if (study !== undefined) await this.#finder.addStudy(study, new Set(its), known);
    });
  }

  /** Leaves out those that the server very likely has not, if it tells that at once. */
  async #likelyThere(ids: readonly OrthancId[]): Promise<OrthancId[]> {
    // To describe one that is there costs a server 20 times as much.
    const sample = ids.slice(0, SAMPLE);
    if ((await this.#present(sample)).length > 0) return [...ids];
    return this.#present(ids.slice(SAMPLE));
  }

  /** Adds what is there, each asked for by itself, and proves of the others that they are not. */
  async #addEach(ids: readonly OrthancId[], known: Map<OrthancId, Recorded>): Promise<void> {
    const sample = ids.slice(0, SAMPLE);
    await this.#addSingly(sample, known);
    let rest = ids.slice(SAMPLE);
    if (rest.length > SAMPLE && !sample.some((id) => known.has(id))) rest = await this.#present(rest);
    await this.#facts.addTo(known, rest);
    await this.#addSingly(
      rest.filter((id) => !known.has(id)),
      known,
    );
  }

  async #addSingly(ids: readonly OrthancId[], known: Map<OrthancId, Recorded>): Promise<void> {
    await eachBounded(ids, CONCURRENT, async (id) => {
      const recorded = await this.#facts.of(id);
      if (recorded) known.set(id, recorded);
    });
  }

  /** Those that the server has; all of them when it cannot tell (before 1.9.4). */
  async #present(ids: readonly OrthancId[]): Promise<OrthancId[]> {
    const rows = await this.#bulk.of('Instance', ids, bulkInstances);
    if (!rows) return [...ids];
    const present = new Set(rows.map(({ ID }) => ID));
    return ids.filter((id) => present.has(id));
  }
}

function entriesOf<T>(ids: readonly OrthancId[], map: ReadonlyMap<OrthancId, T>): Map<OrthancId, T> {
  const chosen = new Map<OrthancId, T>();
  for (const id of ids) {
    const value = map.get(id);
    if (value !== undefined) chosen.set(id, value);
  }
  return chosen;
}
