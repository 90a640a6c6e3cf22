import type { Side } from '../core/answer.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { EndpointName, OrthancId } from '../core/ids.ts';
import { BulkContent } from './bulk-content.ts';
import { readChanges, readLastChange } from './changes.ts';
import { readDefaultEncoding } from './encoding.ts';
import { OrthancHttp } from './http.ts';
import { readIdList, sortedUnique } from './id-list.ts';
import { readIdentity } from './identity.ts';
import { InstanceDescription } from './instance-description.ts';
import { InstanceListing } from './instance-listing.ts';
import { askJson, findJson } from './json.ts';
import { RecordedLookup } from './recorded.ts';
import { findResource } from './resource.ts';
import * as schemas from './schemas.ts';
import type {
  Absence,
  Change,
  Hints,
  Identity,
  ListedInstance,
  OrthancServer,
  Recorded,
  SeriesListing,
  StudyTags,
  SystemInfo,
} from './server.ts';
import { checkStore } from './store-check.ts';
import { studiesOf } from './studies-of.ts';
import { systemAnswer, systemInfo } from './system-info.ts';
import { lookupTag } from './tag-lookup.ts';
import { ServerVersion } from './version.ts';

/** A server composes the list of millions of studies before it sends the first byte. */
const LISTING_TIMEOUT_MS = 10 * 60_000;
/** `/system` asks nothing of the disk, and everybody who asks for it waits to know whether the server is alive. */
const SYSTEM_TIMEOUT_MS = 20_000;

/** Opens a client for one server. Nothing is asked yet. It must be closed by its owner. */
export function connectServer(endpoint: Endpoint, side: Side): OrthancClient {
  return new OrthancClient(new OrthancHttp(endpoint, side));
}

export class OrthancClient implements OrthancServer {
  readonly name: EndpointName;
  /** For questions that are not part of `OrthancServer`. */
  readonly http: OrthancHttp;
  readonly #bulk: BulkContent;
  readonly #lookup: RecordedLookup;
  readonly #listing: InstanceListing;
  readonly #description: InstanceDescription;

  constructor(http: OrthancHttp) {
    this.name = http.name;
    this.http = http;
    const version = new ServerVersion(http);
    this.#listing = new InstanceListing(http, version);
    this.#description = new InstanceDescription(http, this.#listing);
    this.#bulk = new BulkContent(http);
    this.#lookup = new RecordedLookup(http, version, this.#bulk);
  }

  async system(): Promise<SystemInfo> {
    const info = systemInfo(await askJson(this.http, { path: 'system', timeoutMs: SYSTEM_TIMEOUT_MS }, systemAnswer));
    // Learnt while the server answers well: the relay needs it in the middle of trouble.
    await this.http.undescribedErrors();
    return info;
  }

  /** Whether this server's error answers come without a body (`"HttpDescribeErrors": false`), as far as is known. */
  get errorsUndescribed(): boolean {
    return this.http.errorsUndescribed;
  }

  identity(sample?: readonly OrthancId[]): Promise<Identity> {
    return readIdentity(this.http, sample);
  }

  checkStore(): Promise<void> {
    return checkStore(this.http);
  }

  async statistics() {
    const answer = await askJson(this.http, { path: 'statistics' }, schemas.statistics);
    return {
      instances: answer.CountInstances,
      studies: answer.CountStudies,
      uncompressedBytes: answer.TotalUncompressedSize,
    };
  }

  lastChange(): Promise<number> {
    return readLastChange(this.http);
  }

  changes(since: number, limit: number): Promise<{ changes: readonly Change[]; last: number; done: boolean }> {
    return readChanges(this.http, since, limit);
  }

  async studies(): Promise<readonly OrthancId[]> {
    const path = 'studies';
    const ids = await this.http.exchange({ path, timeoutMs: LISTING_TIMEOUT_MS }, ({ body }) => readIdList(body));
    if (!ids) throw this.http.notOrthanc(path);
    return sortedUnique(ids);
  }

  async study(id: OrthancId): Promise<StudyTags | undefined> {
    const found = await findResource(this.http, `studies/${id}`, schemas.study);
    if (!found) return undefined;
    const studyInstanceUid = schemas.tagValue(found.MainDicomTags, 'StudyInstanceUID');
    const studyDate = schemas.tagValue(found.MainDicomTags, 'StudyDate');
    const patientId = schemas.tagValue(found.PatientMainDicomTags ?? {}, 'PatientID');
    return {
      id,
      labels: found.Labels ?? [],
      ...(studyInstanceUid === undefined ? {} : { studyInstanceUid }),
      ...(studyDate === undefined ? {} : { studyDate }),
      ...(patientId === undefined ? {} : { patientId }),
    };
  }

  async series(study: OrthancId): Promise<readonly SeriesListing[] | undefined> {
    const found = await findJson(this.http, { path: `studies/${study}/series` }, schemas.series);
    return found?.map(({ ID, MainDicomTags, Instances }) => {
      const modality = schemas.tagValue(MainDicomTags, 'Modality');
      return { id: ID, instances: Instances, ...(modality === undefined ? {} : { modality }) };
    });
  }

  instances(study: OrthancId): Promise<readonly OrthancId[] | undefined> {
    return this.#listing.of(study);
  }

  describedInstances(study: OrthancId): Promise<readonly ListedInstance[] | undefined> {
    return this.#description.of(study);
  }

  async studyBytes(study: OrthancId): Promise<number | undefined> {
    const found = await findJson(this.http, { path: `studies/${study}/statistics` }, schemas.studyStatistics);
    // 1.13.0 answers 200 with zeros for a study that it does not know.
    if (!found || found.CountInstances === 0) return undefined;
    return found.DicomUncompressedSize ?? found.UncompressedSize;
  }

  studiesOf(instances: readonly OrthancId[]): Promise<ReadonlyMap<OrthancId, OrthancId>> {
    return studiesOf(this.http, this.#bulk, instances);
  }

  async sopInstanceUid(instance: OrthancId): Promise<string | undefined> {
    const found = await findResource(this.http, `instances/${instance}`, schemas.instance);
    return found && schemas.tagValue(found.MainDicomTags, 'SOPInstanceUID');
  }

  async hasPixelData(instance: OrthancId): Promise<boolean> {
    // Not `…/content/7fe0-0010`: its 404 for want of the element has no body, as a gateway's may have none (1.10.1 and 1.13.0).
    const tags = await findJson(this.http, { path: `instances/${instance}/content` }, schemas.tagNames);
    return tags?.includes('7fe0-0010') ?? false;
  }

  defaultEncoding(): Promise<string | undefined> {
    return readDefaultEncoding(this.http);
  }

  lookup(level: 'Study' | 'Patient' | 'Instance', value: string): Promise<readonly OrthancId[]> {
    return lookupTag(this.http, level, value);
  }

  async studiesOfPatient(patient: OrthancId): Promise<readonly OrthancId[]> {
    const found = await findJson(this.http, { path: `patients/${patient}/studies` }, schemas.studies);
    return (found ?? []).map(({ ID }) => ID).sort();
  }

  findsByUid(): Promise<boolean> {
    return this.#lookup.findsByUid();
  }

  recorded(
    ids: readonly OrthancId[],
    hints: Hints = {},
    absence: Absence = 'proven',
  ): Promise<ReadonlyMap<OrthancId, Recorded>> {
    return this.#lookup.of(ids, hints, absence);
  }

  close(): Promise<void> {
    return this.http.close();
  }
}
