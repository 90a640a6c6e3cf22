import type { Pixels } from '../../functions/core/content.ts';
import type { OrthancId } from '../../functions/core/ids.ts';
import type { OutcomeCode } from '../../functions/core/outcome.ts';
import { instanceHead, makeInstance, orthancIds, uid } from '../support/dicom.ts';
import { element, fileHeader } from '../support/dicom-writer.ts';

/** What a simulated target makes of a body. */
export interface Stored {
  readonly id: OrthancId;
  readonly study: OrthancId;
  readonly pixels: Pixels;
}

/** One content of a dump, and what it is: known from how it was made, not from reading it. */
export interface Dumped {
  readonly bytes: Buffer;
  /** Of what is an instance of DICOM. */
  readonly stored?: Stored;
  /** Of what is none: the only outcome that it can have. */
  readonly code?: OutcomeCode;
}

const BASIC_TEXT_SR = '1.2.840.10008.5.1.4.1.1.88.11';
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
const PIXEL_DATA_HEADER_BYTES = 12;
const BYTES = 1400;

function identity(n: number) {
  const study = n % 4;
  return {
    patientId: `P${study}`,
    studyUid: uid('dump', study),
    seriesUid: uid('dump', study, 0),
    sopUid: uid('dump', study, 0, n),
  };
}

function storedAs(n: number, pixels: Pixels): Stored {
  const ids = orthancIds(identity(n));
  return { id: ids.instance as OrthancId, study: ids.study as OrthancId, pixels };
}

/** The n-th image; each variant has other pixels. */
export function image(n: number, variant = 0): Dumped {
  const bytes = makeInstance({ ...identity(n), bytes: BYTES, seed: 1 + variant });
  return { bytes, stored: storedAs(n, 'present') };
}

/** The n-th image up to its pixel data, as Orthanc keeps it beside compressed files; each variant has another header. */
export function headerOnly(n: number, variant = 0): Dumped {
  const { head } = instanceHead({ ...identity(n), bytes: BYTES, seed: 1, instanceNumber: 1 + variant });
  return { bytes: head.subarray(0, head.length - PIXEL_DATA_HEADER_BYTES), stored: storedAs(n, 'missing') };
}

/** The n-th image cut within an element of its header: nobody can tell what it had, and no server takes it. */
export function cut(n: number, variant = 0): Dumped {
  const { bytes } = headerOnly(n, variant);
  return { bytes: bytes.subarray(0, bytes.length - 5), stored: storedAs(n, 'unknown') };
}

/** The n-th instance is a text. */
export function report(n: number, variant = 0): Dumped {
  const { patientId, studyUid, seriesUid, sopUid } = identity(n);
  const elements = [
    { tag: 0x00080016, vr: 'UI', value: BASIC_TEXT_SR },
    { tag: 0x00080018, vr: 'UI', value: sopUid },
    { tag: 0x00080060, vr: 'CS', value: 'SR' },
    { tag: 0x00100020, vr: 'LO', value: patientId },
    { tag: 0x0020000d, vr: 'UI', value: studyUid },
    { tag: 0x0020000e, vr: 'UI', value: seriesUid },
    { tag: 0x00200013, vr: 'IS', value: String(1 + variant) },
  ];
  const bytes = Buffer.concat([fileHeader(BASIC_TEXT_SR, sopUid), ...elements.map(element)]);
  return { bytes, stored: storedAs(n, 'none-by-nature') };
}

/** What is no instance. */
export const OTHERS: readonly Dumped[] = [
  { bytes: Buffer.from('{ "0008,0016" : { "Name" : "SOPClassUID" } }'), code: 'JSON_SUMMARY' },
  { bytes: Buffer.from('a note of somebody'), code: 'NOT_DICOM' },
  { bytes: Buffer.alloc(0), code: 'EMPTY_FILE' },
  { bytes: Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(84)]), code: 'INDEX_FILE' },
  { bytes: fileHeader(MEDIA_STORAGE_DIRECTORY, uid('directory')), code: 'DICOMDIR' },
];
