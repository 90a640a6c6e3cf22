import type { Breakage, HttpAnswer, Side } from '../core/answer.ts';
import type { EndpointName, Md5, OrthancId } from '../core/ids.ts';
import type { Body } from './relay/body.ts';

/** What `/system` says of a server, as far as it matters here. */
export interface SystemInfo {
  readonly version: string;
  readonly name: string;
  readonly databaseBackend?: string;
  readonly readOnly: boolean;
  /** What posting a known instance again does: nothing, replace it, or replace it if the content differs; absent: unknown. */
  readonly overwriteInstances?: 'never' | 'always' | 'if-changed';
  readonly storesMd5?: boolean;
  readonly ingestTranscoding?: string;
  /** The caps after which a server in `Recycle` mode deletes its oldest patients; 0 = none; absent: unknown. */
  readonly maximumPatientCount?: number;
  readonly maximumStorageSizeMb?: number;
  readonly maximumStorageMode?: string;
  readonly hasLabels: boolean;
}

/** Size (bytes) and MD5 of the uncompressed DICOM file, as the server recorded them when it was stored. */
export interface Recorded {
  readonly size: number;
  readonly md5?: Md5;
}

/** What is known of instances, which makes questions about them quicker. Wrong ones cost time; see Absence for what else. */
export interface Hints {
  /** The study of each. */
  readonly studies?: ReadonlyMap<OrthancId, OrthancId>;
  readonly sopInstanceUids?: ReadonlyMap<OrthancId, string>;
}

/**
 * Why an instance counts as unknown: because the server itself says so of it, whatever was hinted at; or, which is much quicker, because a
 * search for its SOPInstanceUID found nothing, or the server left it out where it was asked for many. The latter is for what is going to be sent then: if it is there after all,
 * the server says so.
 */
export type Absence = 'proven' | 'likely';

export interface SeriesListing {
  readonly id: OrthancId;
  readonly modality?: string;
  readonly instances: readonly OrthancId[];
}

/** An instance and what a listing tells of it. */
export interface ListedInstance {
  readonly id: OrthancId;
  /** Bytes of the uncompressed DICOM file. */
  readonly size?: number;
  readonly sopInstanceUid?: string;
}

/** The tags that selections look at. Patient data: never logged. */
export interface StudyTags {
  readonly id: OrthancId;
  readonly studyInstanceUid?: string;
  readonly patientId?: string;
  /** YYYYMMDD */
  readonly studyDate?: string;
  readonly labels: readonly string[];
}

export interface Change {
  readonly seq: number;
  /** `NewInstance`, `StableStudy`, … */
  readonly type: string;
  readonly resource: OrthancId;
}

/** What tells whether two URLs lead to one server; see same-server.ts. */
export interface Identity {
  /** Base URL without credentials. */
  readonly url: string;
  readonly version: string;
  readonly name: string;
  /** A hash over network addresses, AET and ports by default; containers on different hosts may share it. Newer versions. */
  readonly databaseServerIdentifier?: string;
  readonly lastChange: number;
  /** Where the storage keeps the DICOM files of a few instances: a random UUID for each file that was ever stored. */
  readonly storageUuids: ReadonlyMap<OrthancId, string>;
  /** When each internal metric last changed, milliseconds since the epoch; empty where metrics are not to be had. */
  readonly metricTimes: ReadonlyMap<string, number>;
}

/** What came of one POST /instances whose body was GET /instances/{id}/file of a source (Relay) or came from elsewhere (Upload). */
export type RelayResult =
  /** The target answered 200. */
  | {
      readonly kind: 'stored';
      readonly bytes: number;
      readonly md5: Md5;
      readonly id: OrthancId;
      readonly status: 'Success' | 'AlreadyStored' | 'FilteredOut';
    }
  /** One of the servers answered with something else than success. */
  | { readonly kind: 'answer'; readonly side: Side; readonly answer: HttpAnswer }
  /** The body is not what the source recorded, or not of the announced size; the target stored nothing. `bytes` is what came. */
  | { readonly kind: 'mismatch'; readonly bytes: number; readonly expectedBytes: number; readonly md5?: Md5 }
  | { readonly kind: 'broken'; readonly side: Side; readonly breakage: Breakage };

export interface RelayRequest {
  readonly instance: OrthancId;
  /** As the source recorded it; when `md5` is absent, only the size can be held against what arrives. */
  readonly recorded: Recorded;
  readonly signal?: AbortSignal;
  /** Called before each piece of this many bytes is read; resolves when it may be (bandwidth limit). */
  readonly throttle?: (bytes: number) => Promise<void>;
}

export interface UploadRequest {
  /** Bytes of the body. It is never completed with fewer or more: that is a `mismatch`. */
  readonly size: number;
  /**
   * Opens the body from its beginning. Called again when the target had closed a kept-alive connection before it had all. What it or
   * the body raises is raised after the POST was aborted, so that the target stores nothing.
   */
  readonly open: () => Promise<Body>;
  /** The present `open` or `next` of the body is awaited all the same: whoever can end those early looks at the signal, too. */
  readonly signal?: AbortSignal;
  /** Called before each piece of this many bytes is sent; resolves when it may be (bandwidth limit). */
  readonly throttle?: (bytes: number) => Promise<void>;
}

/**
 * One Orthanc server as the use cases see it. Methods that look something up answer `undefined` (or leave an ID out) when the
 * server itself says that it does not know it. Everything else that is not a clean answer raises `OrthancError`, whose
 * retry class is decided by functions/core/verdict.ts.
 */
export interface OrthancServer {
  readonly name: EndpointName;
  /** Asked anew at each call. */
  system(): Promise<SystemInfo>;
  statistics(): Promise<{ readonly instances: number; readonly studies: number; readonly uncompressedBytes: number }>;
  /** @param sample instances to look at; without it, a few of the server's own. */
  identity(sample?: readonly OrthancId[]): Promise<Identity>;
  /** Raises what a POST of an instance would raise, whatever the instance. Nothing is stored. */
  checkStore(): Promise<void>;
  /** Sequence number of the last change; 0 when there is none. */
  lastChange(): Promise<number>;
  /** Changes after `since` in order, at most `limit`. */
  changes(
    since: number,
    limit: number,
  ): Promise<{ readonly changes: readonly Change[]; readonly last: number; readonly done: boolean }>;
  /** Every study, sorted by ID, without duplicates. */
  studies(): Promise<readonly OrthancId[]>;
  study(id: OrthancId): Promise<StudyTags | undefined>;
  series(study: OrthancId): Promise<readonly SeriesListing[] | undefined>;
  /** The instances of a study, as a server lists them the quickest. */
  instances(study: OrthancId): Promise<readonly OrthancId[] | undefined>;
  /**
   * The same and more in one answer, which costs the server more for each instance: of a study with a few of them, this is the quickest
   * way to learn how large they are. Of a very large study, or where the server cannot describe them all, only the IDs are told.
   */
  describedInstances(study: OrthancId): Promise<readonly ListedInstance[] | undefined>;
  /** Uncompressed bytes of all DICOM files of a study (an estimate is enough). */
  studyBytes(study: OrthancId): Promise<number | undefined>;
  /** The study of each; instances that the server does not know are left out. */
  studiesOf(instances: readonly OrthancId[]): Promise<ReadonlyMap<OrthancId, OrthancId>>;
  /** Resources with exactly this StudyInstanceUID, PatientID or SOPInstanceUID. */
  lookup(level: 'Study' | 'Patient' | 'Instance', value: string): Promise<readonly OrthancId[]>;
  sopInstanceUid(instance: OrthancId): Promise<string | undefined>;
  /** Whether an instance has Pixel Data (7FE0,0010); `false` also for one that the server does not know. */
  hasPixelData(instance: OrthancId): Promise<boolean>;
  /** The encoding assumed for texts without SpecificCharacterSet, by Orthanc's name; `undefined` when the server does not tell. */
  defaultEncoding(): Promise<string | undefined>;
  studiesOfPatient(patient: OrthancId): Promise<readonly OrthancId[]>;
  /** Whether `recorded` is quick about instances of many studies, given their SOPInstanceUIDs. */
  findsByUid(): Promise<boolean>;
  /** Size and MD5 of many instances; unknown ones are left out. */
  recorded(ids: readonly OrthancId[], hints?: Hints, absence?: Absence): Promise<ReadonlyMap<OrthancId, Recorded>>;
  close(): Promise<void>;
}

/** Moves one instance between two servers; see RelayResult. */
export type Relay = (request: RelayRequest) => Promise<RelayResult>;

/** Posts one instance to a server; of the results, `answer` and `broken` are always the target's. */
export type Upload = (request: UploadRequest) => Promise<RelayResult>;

/** Connections to the servers of jobs, kept for as long as the process serves them. */
export interface Servers {
  server(name: EndpointName, side: Side): Promise<OrthancServer>;
  relay(source: EndpointName, target: EndpointName): Promise<Relay>;
  upload(target: EndpointName): Promise<Upload>;
  close(): Promise<void>;
}
