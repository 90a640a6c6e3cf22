import { type FileKey, fileItem, type ItemId, type JobId, type Md5, type OrthancId } from './ids.ts';

/** The four folders of the evidence, as in an AWS HealthImaging import job. */
export type OutcomeClass = 'success' | 'warning' | 'failure' | 'skipped';

/** The closed list of outcome codes: what each says, and which class it belongs to. */
export const OUTCOMES = {
  STORED: ['success', 'sent, and the target recorded the same content'],
  ALREADY_PRESENT: ['success', 'the target held the same content before; nothing was sent'],
  EQUAL: ['success', 'verify: both servers recorded the same content'],

  CHECKED_BY_SIZE_ONLY: ['warning', 'stored; one of the servers records no MD5, so that only sizes were compared'],
  UNCHECKED: ['success', 'the target has it by its own word; nothing was compared (--check none)'],
  CONFLICT_KEPT: ['warning', 'the target holds other content under this identity and it was kept'],
  DIFFERENT_ORTHANC_ID: [
    'warning',
    'in the target with the same content, under another Orthanc ID (the servers differ in DefaultEncoding)',
  ],

  TARGET_REFUSED: ['failure', 'the target says that this is no valid DICOM file'],
  TARGET_MISSING_UID: ['failure', 'the target misses a Study, Series or SOP Instance UID in the file'],
  TARGET_TOO_LARGE: ['failure', 'larger than the MaximumRequestBodySizeMB of the target'],
  TARGET_FILTERED_OUT: ['failure', 'a filter of the target (ReceivedInstanceFilter) discarded it'],
  TARGET_LOST: ['failure', 'the target answered that it stored it, but does not have it'],
  TARGET_ALTERED: [
    'failure',
    'the target stored other content than was sent (IngestTranscoding, a script, a plugin or a broken wire)',
  ],
  TARGET_ERROR: ['failure', 'the target failed on it at every attempt'],
  TARGET_CRASHES: ['failure', 'the target stops working each time that it is sent alone'],
  SOURCE_DAMAGED: ['failure', 'the source serves other bytes than it recorded; they were not sent'],
  SOURCE_FILE_MISSING: ['failure', 'the file is gone from the storage of the source'],
  SOURCE_NO_BODY: ['failure', 'the source announces the file but sends no body (Orthanc before 1.11.3, over 2 GiB)'],
  SOURCE_ERROR: ['failure', 'the source failed on it at every attempt'],
  TOO_LARGE_FOR_LAMBDA: [
    'failure',
    'larger than what a function can move in its time; run "orthanc-migrate worker", then "retry"',
  ],
  CONFLICT: ['failure', 'the target holds other content under this identity (--conflict fail)'],
  MISSING: ['failure', 'verify: not in the target'],
  DIFFERENT: ['failure', 'verify: the target holds other content'],

  STORED_WITHOUT_PIXELS: ['warning', 'sent although its pixel data is missing (--accept-header-only)'],
  DUPLICATE_CONFLICT: [
    'warning',
    'another file of the dump has the same identity and other content; that one was taken',
  ],
  EMPTY_FILE: ['warning', 'an empty file: if it was an image, that is lost'],
  PIXEL_DATA_MISSING: [
    'failure',
    'an image without pixel data, and no complete copy of it is anywhere; it was not sent',
  ],
  FILE_DAMAGED: ['failure', 'other content than was recorded of it, or its compression is broken; it was not sent'],
  FILE_CHANGED: ['failure', 'it changed while it was read, at every attempt; it was not sent'],
  FILE_VANISHED: ['failure', 'it was listed, but is no longer there'],
  FILE_UNREADABLE: ['failure', 'it cannot be read (permissions, or the disk)'],
  LINK_BROKEN: ['failure', 'a symbolic link that leads nowhere'],
  STORAGE_KEY_MISSING: ['failure', 'encrypted with a master key that was not given (--storage-key)'],
  DECRYPTION_FAILED: [
    'failure',
    'the master key of that number does not fit, or the object was tampered with; it was not sent',
  ],
  ARCHIVE_DAMAGED: ['failure', 'the archive is damaged or truncated: what lies behind the damage was not read'],
  ARCHIVE_ENCRYPTED: ['failure', 'encrypted inside its archive; decrypt it first'],
  ARCHIVE_LIMIT: ['failure', 'expands beyond the limits for archives; it was not sent'],
  ARCHIVE_UNSAFE_PATH: ['failure', 'its name in the archive leads out of it; it was not sent'],
  ARCHIVE_UNSUPPORTED: ['failure', 'packed in a way that is not supported; expand the archive first'],
  ARCHIVE_NESTED: ['failure', 'an archive inside an archive is not opened; expand it first'],

  JSON_SUMMARY: ['skipped', 'a JSON summary that Orthanc up to 1.9.0 kept beside each image (normal)'],
  HEADER_ONLY_COPY: [
    'skipped',
    'a copy without pixel data of an image whose complete file is in the dump or in the target (normal)',
  ],
  DICOMDIR: ['skipped', 'a DICOMDIR: it only lists other files'],
  INDEX_FILE: ['skipped', 'an SQLite file, such as the index of an Orthanc server'],
  ARCHIVE_EXPANDED: ['skipped', 'an archive: its members have outcomes of their own'],
  DUPLICATE: ['skipped', 'the same content as another file of the dump'],
  SECOND_FILE: ['skipped', 'dry run: another file of the dump is the same instance; their content was not compared'],
  ORPHAN_SKIPPED: ['skipped', 'the index beside it does not know it (--orphans skip)'],
  NOT_DICOM: ['skipped', 'no DICOM file'],
  REPLACED: ['skipped', 'uploaded again under the same name since; the newer one has an outcome of its own'],
  LINK_LOOP: ['skipped', 'a symbolic link to a folder that it lies in'],
  SPECIAL_FILE: ['skipped', 'a socket, a pipe or a device'],

  SOURCE_GONE: ['skipped', 'deleted at the source since it was listed'],
  WOULD_SEND: ['skipped', 'dry run: would be sent'],
} as const satisfies Record<string, readonly [OutcomeClass, string]>;

export type OutcomeCode = keyof typeof OUTCOMES;

export function outcomeClass(code: OutcomeCode): OutcomeClass {
  return OUTCOMES[code][0];
}

export function explainOutcome(code: OutcomeCode): string {
  return OUTCOMES[code][1];
}

export function isOutcomeCode(text: string): text is OutcomeCode {
  return Object.hasOwn(OUTCOMES, text);
}

/** Whether this product sent the bytes; `unknown` after an attempt that ended without a receipt. */
export type SentByUs = 'yes' | 'no' | 'unknown';

/** What a row is about: an instance of the source server, or a file of a dump. */
export interface InstanceSubject {
  readonly instance: OrthancId;
  readonly file?: never;
}

export interface FileSubject {
  /** The ID that the target gave it, or that it would give it; absent where the file tells none. */
  readonly instance?: OrthancId;
  readonly file: FileKey;
  /** Set for the member of an archive: its number there, from 0, and its name. */
  readonly member?: { readonly number: number; readonly name: string };
  /** The file of the dump that was taken instead. */
  readonly otherFile?: string;
  /** The index that lies beside the file does not know it. */
  readonly orphan?: true;
  /** Number of the master key that it is encrypted with. */
  readonly keyNumber?: number;
}

interface Row {
  readonly v: 1;
  /** ISO 8601, UTC. */
  readonly ts: string;
  readonly jobId: JobId;
  readonly study?: OrthancId;
  readonly code: OutcomeCode;
  readonly httpStatus?: number;
  readonly orthancStatus?: number;
  /** Bytes, uncompressed. */
  readonly size?: number;
  readonly sentByUs: SentByUs;
  /** Attempts that counted: waiting for an endpoint spends none. */
  readonly attempts: number;
  readonly durationMs: number;
}

interface Final extends Row {
  /** The ID that the target gave, where it differs from the source's. */
  readonly targetInstance?: OrthancId;
  readonly outcome: OutcomeClass;
  readonly md5Source?: Md5;
  readonly md5Target?: Md5;
}

/** `code` is what stood in the way, for logs and for `failures`. */
interface Unsettled extends Row {
  readonly outcome: 'unsettled';
}

/** One line of a receipt and of the evidence: the final fact about one instance or file. */
export type OutcomeRow = Final & (InstanceSubject | FileSubject);

/** An instance or file that this attempt could not bring to an outcome; it is planned again in the next round. */
export type UnsettledRow = Unsettled & (InstanceSubject | FileSubject);

export type ReceiptRow = OutcomeRow | UnsettledRow;

export function itemOf(row: InstanceSubject | FileSubject): ItemId {
  return row.file === undefined ? row.instance : fileItem(row.file, row.member?.number);
}
