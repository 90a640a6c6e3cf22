/** What the bytes of a file, or of a member of an archive, are. Told by content, never by name. */
import type { OrthancId } from './ids.ts';
import type { OutcomeCode } from './outcome.ts';

export type ContentKind =
  /** A DICOM file (part 10), or a data set without preamble or meta information. */
  | 'dicom'
  | 'dicomdir'
  /** What Orthanc up to 1.9.0 wrote beside each DICOM file (DicomAsJson). */
  | 'json-summary'
  /** An index of Orthanc, or any other SQLite file with its `-wal` and `-shm`. */
  | 'sqlite'
  | 'zip'
  | 'tar'
  | 'empty'
  | 'other';

/** What is wrapped around a content; the outermost first. */
export type Layer =
  /** By the storage encryption of Orthanc's object storage plugins, with the master key of this number. */
  | { readonly kind: 'encrypted'; readonly key: number }
  /** By Orthanc's StorageCompression; `size` is the uncompressed size that it states (bytes). */
  | { readonly kind: 'deflated'; readonly size: number }
  | { readonly kind: 'gzip' };

/** Whether a data set has Pixel Data (7FE0,0010). */
export type Pixels =
  | 'present'
  /** None, and none is missing: by its SOP class or its tags such an object has none. */
  | 'none-by-nature'
  /** An image without pixels: a header-only copy. */
  | 'missing'
  /** The header could not be read to its end. */
  | 'unknown';

/** What the header of a DICOM file says, as far as it matters here. Patient data stays out of it. */
export interface DicomFacts {
  /** The ID that Orthanc makes of it; absent where one of the identifiers is missing. */
  readonly instance?: OrthancId;
  readonly study?: OrthancId;
  /** With `instance`, where it is a valid one. Servers find an instance by it the quickest. */
  readonly sopInstanceUid?: string;
  /** The server may make other IDs of it: its PatientID is not plain ASCII, in an encoding that only the server knows. */
  readonly uncertain: boolean;
  readonly pixels: Pixels;
  readonly modality?: string;
  /** Year of the study, YYYY. */
  readonly year?: string;
}

export interface Content {
  readonly kind: ContentKind;
  readonly layers: readonly Layer[];
  /** Bytes inside all layers where that is known without reading everything (not within gzip). */
  readonly size?: number;
  /** Exactly with kind `dicom`. */
  readonly dicom?: DicomFacts;
  /** Why the content cannot be had, whatever is read again. */
  readonly problem?: { readonly code: OutcomeCode; readonly keyNumber?: number };
}

/** The first bytes of a content. */
export interface Head {
  /** The first `bytes` bytes, or all when there are fewer. May be called again with a larger number. */
  read(bytes: number): Promise<Uint8Array>;
}

/** Master keys of storage encryption, 32 bytes each, by their numbers. */
export type StorageKeys = ReadonlyMap<number, Uint8Array>;
