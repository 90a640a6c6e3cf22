import { createHash } from 'node:crypto';
import { type Element, element, elementHeader, fileHeader } from './dicom-writer.ts';
import { fillNoise } from './noise.ts';

/** One DICOM image to be generated. What is left out gets a value derived from `seed`. */
export interface InstanceSpec {
  /** A Buffer is written as it is: raw bytes of any encoding. */
  readonly patientId?: string | Buffer;
  readonly patientName?: string | Buffer;
  readonly studyUid?: string;
  readonly seriesUid?: string;
  readonly sopUid?: string;
  readonly modality?: string;
  /** YYYYMMDD */
  readonly studyDate?: string;
  readonly accessionNumber?: string;
  readonly seriesNumber?: number;
  readonly instanceNumber?: number;
  /** Approximate size of the file; at least about 1 kB. */
  readonly bytes?: number;
  /** Decides the pixels. */
  readonly seed?: number;
  /** SpecificCharacterSet; none by default. */
  readonly charset?: string;
  readonly sopClass?: string;
}

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
const PIXEL_DATA = 0x7fe00010;

/** A valid UID that is always the same for the same parts. */
export function uid(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(parts.join('/')).digest('hex').slice(0, 30);
  return `2.25.${BigInt(`0x${digest}`)}`;
}

/** A DICOM file in memory, about `bytes` long, whose pixels are noise: no compression makes it smaller. */
export function makeInstance(spec: InstanceSpec): Buffer {
  const { head, pixelBytes } = instanceHead(spec);
  const file = Buffer.allocUnsafe(head.length + pixelBytes);
  head.copy(file);
  fillNoise(file.subarray(head.length), spec.seed ?? 1);
  return file;
}

/** Everything of the file up to the pixels, and how many bytes of pixels have to follow. */
export function instanceHead(spec: InstanceSpec): { readonly head: Buffer; readonly pixelBytes: number } {
  const seed = spec.seed ?? 1;
  const sopClass = spec.sopClass ?? CT_IMAGE_STORAGE;
  const sopUid = spec.sopUid ?? uid('sop', seed);
  const front = Buffer.concat([fileHeader(sopClass, sopUid), ...identity(spec, sopClass, sopUid).map(element)]);
  const { rows, columns } = dimensions((spec.bytes ?? 4096) - front.length - 100);
  const image = Buffer.concat(imageModule(rows, columns).map(element));
  const pixelBytes = rows * columns * 2;
  return { head: Buffer.concat([front, image, elementHeader(PIXEL_DATA, 'OW', pixelBytes)]), pixelBytes };
}

/** 16-bit pixels in a rectangle that is as near to a square as the size allows. */
function dimensions(bytes: number): { readonly rows: number; readonly columns: number } {
  const pixels = Math.max(1, Math.floor(bytes / 2));
  const columns = Math.ceil(Math.sqrt(pixels));
  return { rows: Math.max(1, Math.round(pixels / columns)), columns };
}

/** In ascending order of tags, as DICOM requires. */
function identity(spec: InstanceSpec, sopClass: string, sopUid: string): Element[] {
  const seed = spec.seed ?? 1;
  const charset: Element[] = spec.charset === undefined ? [] : [{ tag: 0x00080005, vr: 'CS', value: spec.charset }];
  return [
    ...charset,
    { tag: 0x00080016, vr: 'UI', value: sopClass },
    { tag: 0x00080018, vr: 'UI', value: sopUid },
    { tag: 0x00080020, vr: 'DA', value: spec.studyDate ?? '20240101' },
    { tag: 0x00080050, vr: 'SH', value: spec.accessionNumber ?? '' },
    { tag: 0x00080060, vr: 'CS', value: spec.modality ?? 'CT' },
    { tag: 0x00100010, vr: 'PN', value: spec.patientName ?? 'Generated^Image' },
    { tag: 0x00100020, vr: 'LO', value: spec.patientId ?? `PATIENT${seed}` },
    { tag: 0x0020000d, vr: 'UI', value: spec.studyUid ?? uid('study', seed) },
    { tag: 0x0020000e, vr: 'UI', value: spec.seriesUid ?? uid('series', seed) },
    { tag: 0x00200011, vr: 'IS', value: String(spec.seriesNumber ?? 1) },
    { tag: 0x00200013, vr: 'IS', value: String(spec.instanceNumber ?? 1) },
  ];
}

function imageModule(rows: number, columns: number): Element[] {
  return [
    { tag: 0x00280002, vr: 'US', value: 1 },
    { tag: 0x00280004, vr: 'CS', value: 'MONOCHROME2' },
    { tag: 0x00280010, vr: 'US', value: rows },
    { tag: 0x00280011, vr: 'US', value: columns },
    { tag: 0x00280100, vr: 'US', value: 16 },
    { tag: 0x00280101, vr: 'US', value: 16 },
    { tag: 0x00280102, vr: 'US', value: 15 },
    { tag: 0x00280103, vr: 'US', value: 0 },
  ];
}

/** The Orthanc IDs of an image, computed as the Orthanc Book says: SHA-1 of the DICOM identifiers joined by `|`. */
export function orthancIds(ids: {
  readonly patientId: string;
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly sopUid: string;
}): { readonly patient: string; readonly study: string; readonly series: string; readonly instance: string } {
  const parts = [ids.patientId, ids.studyUid, ids.seriesUid, ids.sopUid];
  const id = (count: number) => {
    const digest = createHash('sha1').update(parts.slice(0, count).join('|')).digest('hex');
    return (digest.match(/.{8}/g) ?? []).join('-');
  };
  return { patient: id(1), study: id(2), series: id(3), instance: id(4) };
}
