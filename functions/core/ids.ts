/** Identifiers. Branded, so that one kind is never taken for another. */

/** An Orthanc identifier: 40 hexadecimal digits as five groups of eight (a SHA-1 over DICOM identifiers). */
export type OrthancId = string & { readonly __brand: 'OrthancId' };
/** Lower-case hexadecimal MD5 of an uncompressed attachment. */
export type Md5 = string & { readonly __brand: 'Md5' };
export type JobId = string & { readonly __brand: 'JobId' };
/** How jobs, gates and evidence name a server: its URL without credentials, or the name of a configured endpoint. */
export type EndpointName = string & { readonly __brand: 'EndpointName' };

/**
 * Names one object of a dump: an absolute path, or an `s3://` URL. Bytes that are no UTF-8 text, control characters and `%` are
 * percent-encoded, so that every name that a file system allows has exactly one key.
 */
export type FileKey = string & { readonly __brand: 'FileKey' };
/** Names one file of a dump, or one member of an archive in it: what an import has one outcome for. */
export type FileItem = string & { readonly __brand: 'FileItem' };
/** What a job has one outcome for. */
export type ItemId = OrthancId | FileItem;

const ORTHANC_ID = /^[0-9a-f]{8}(-[0-9a-f]{8}){4}$/;
const MD5 = /^[0-9a-f]{32}$/;
const UID = /^[0-9.]{1,64}$/;

export function isOrthancId(text: unknown): text is OrthancId {
  return typeof text === 'string' && ORTHANC_ID.test(text);
}

/** Whether a text is a valid UID (DICOM PS3.5, 9.1), as far as its characters tell: nothing in it means anything else to a search. */
export function isUid(text: string): boolean {
  return UID.test(text);
}

export function isMd5(text: unknown): text is Md5 {
  return typeof text === 'string' && MD5.test(text);
}

/** Names one chunk for all time: the same plan page always gives the same chunks the same references. */
export interface ChunkRef {
  readonly job: JobId;
  readonly round: number;
  readonly page: number;
  readonly chunk: number;
}

export function chunkKey(ref: ChunkRef): string {
  return `${ref.job}/${ref.round}/${ref.page}/${ref.chunk}`;
}

/** The item of a file, or of the member of an archive with this number. A key never holds `%00`, since no name holds a NUL. */
export function fileItem(file: FileKey, member?: number): FileItem {
  return (member === undefined ? file : `${file}%00${member}`) as string as FileItem;
}
