/** DICOM objects of every kind that a header-only copy might be taken for. */
import { type InstanceSpec, makeInstance, uid } from '../../support/dicom.ts';
import { type Element, element, elementHeader, fileHeader } from '../../support/dicom-writer.ts';

const STORAGE = '1.2.840.10008.5.1.4.1.1.';
const JPIP_REFERENCED = '1.2.840.10008.1.2.4.94';

interface Kind {
  readonly sopClass: string;
  readonly modality: string;
  readonly transferSyntax?: string;
  /** What comes behind the identity, encoded. */
  readonly body: readonly Buffer[];
}

const text = (tag: number, vr: string, value: string) => element({ tag, vr, value });
const number = (tag: number, value: number) => element({ tag, vr: 'US', value });

/** An element of a VR with a long length field. */
function long(tag: number, vr: string, value: Buffer): Buffer {
  const header = elementHeader(tag, 'UN', value.length);
  header.write(vr, 4, 'latin1');
  return Buffer.concat([header, value]);
}

const image = (bits: number) => [
  number(0x00280002, 1),
  text(0x00280004, 'CS', 'MONOCHROME2'),
  number(0x00280010, 4),
  number(0x00280011, 4),
  number(0x00280100, bits),
];

/** Objects that have no Pixel Data (7FE0,0010), and miss none. */
export const WITHOUT_PIXELS = {
  sr: { sopClass: `${STORAGE}88.33`, modality: 'SR', body: [text(0x0040a040, 'CS', 'CONTAINER')] },
  ko: { sopClass: `${STORAGE}88.59`, modality: 'KO', body: [text(0x0040a040, 'CS', 'CONTAINER')] },
  pr: { sopClass: `${STORAGE}11.1`, modality: 'PR', body: [text(0x00700080, 'CS', 'LABEL')] },
  rtstruct: { sopClass: `${STORAGE}481.3`, modality: 'RTSTRUCT', body: [text(0x30060002, 'SH', 'contours')] },
  pdf: {
    sopClass: `${STORAGE}104.1`,
    modality: 'DOC',
    body: [long(0x00420011, 'OB', Buffer.from('%PDF-1.4\n%%EOF\n ')), text(0x00420012, 'LO', 'application/pdf')],
  },
  waveform: { sopClass: `${STORAGE}9.1.1`, modality: 'ECG', body: [long(0x54000100, 'SQ', Buffer.alloc(0))] },
  spectroscopy: {
    sopClass: `${STORAGE}4.2`,
    modality: 'MR',
    body: [number(0x00280010, 1), number(0x00280011, 1), long(0x56000020, 'OF', Buffer.alloc(64, 1))],
  },
  'float pixels': {
    sopClass: `${STORAGE}30`,
    modality: 'MR',
    body: [...image(32), long(0x7fe00008, 'OF', Buffer.alloc(64, 1))],
  },
  'double float pixels': {
    sopClass: `${STORAGE}30`,
    modality: 'MR',
    body: [...image(64), long(0x7fe00009, 'OD', Buffer.alloc(128, 1))],
  },
  'pixels by URL': {
    sopClass: `${STORAGE}2`,
    modality: 'CT',
    transferSyntax: JPIP_REFERENCED,
    body: [...image(16), long(0x00287fe0, 'UR', Buffer.from('http://192.0.2.1/pixels '))],
  },
} as const satisfies Record<string, Kind>;

export function makeObject(kind: keyof typeof WITHOUT_PIXELS, seed: number): Buffer {
  const { sopClass, modality, body, ...rest }: Kind = WITHOUT_PIXELS[kind];
  const sopUid = uid('object', kind, seed);
  const identity: Element[] = [
    { tag: 0x00080016, vr: 'UI', value: sopClass },
    { tag: 0x00080018, vr: 'UI', value: sopUid },
    { tag: 0x00080060, vr: 'CS', value: modality },
    { tag: 0x00100020, vr: 'LO', value: `OBJECT${seed}` },
    { tag: 0x0020000d, vr: 'UI', value: uid('object', 'study', seed) },
    { tag: 0x0020000e, vr: 'UI', value: uid('object', 'series', kind, seed) },
  ];
  return Buffer.concat([fileHeader(sopClass, sopUid, rest.transferSyntax), ...identity.map(element), ...body]);
}

/** Classes whose objects have pixels, one as good as unknown among them. */
export const IMAGES = {
  CT: `${STORAGE}2`,
  'enhanced CT': `${STORAGE}2.1`,
  MR: `${STORAGE}4`,
  CR: `${STORAGE}1`,
  DX: `${STORAGE}1.1`,
  mammography: `${STORAGE}1.2`,
  tomosynthesis: `${STORAGE}13.1.3`,
  ultrasound: `${STORAGE}6.1`,
  'ultrasound multi-frame': `${STORAGE}3.1`,
  'secondary capture': `${STORAGE}7`,
  NM: `${STORAGE}20`,
  PET: `${STORAGE}128`,
  XA: `${STORAGE}12.1`,
  'RT image': `${STORAGE}481.1`,
  'RT dose': `${STORAGE}481.2`,
  segmentation: `${STORAGE}66.4`,
  photograph: `${STORAGE}77.1.4`,
  'whole slide': `${STORAGE}77.1.6`,
  'a private class': '1.2.826.0.1.3680043.2.1545.9.1',
} as const satisfies Record<string, string>;

export function makeImage(kind: keyof typeof IMAGES, seed: number, spec: InstanceSpec = {}): Buffer {
  return makeInstance({ sopClass: IMAGES[kind], sopUid: uid('image', kind, seed), seed, ...spec });
}

/** The beginning of (7FE0,0010) in explicit VR little endian, with the VR that the tests' images have. */
const PIXEL_DATA = Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x57]);

/** What Orthanc keeps beside an image to have its tags quickly: everything before Pixel Data. */
export function headerOnly(file: Buffer): Buffer {
  const at = file.indexOf(PIXEL_DATA);
  if (at < 0) throw new Error('this object has no pixel data');
  return file.subarray(0, at);
}
