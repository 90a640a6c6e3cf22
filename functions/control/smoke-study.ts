import { randomBytes, randomUUID } from 'node:crypto';

/** What tells a study of a smoke test from any other: nothing else is ever deleted. */
export const SMOKE_PATIENT_ID = 'ORTHANC-MIGRATE-SMOKE';
/** Ids of the jobs of smoke tests begin so, and no others. */
export const SMOKE_PREFIX = 'smoke-';

const PATIENT_NAME = 'ORTHANC-MIGRATE^SMOKE';
const INSTANCES = 2;
const EDGE = 16;
const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';
const EXPLICIT_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';

/** Files of one small study of a patient who does not exist, with UIDs that were never used. */
export function smokeStudy(now: number): readonly Buffer[] {
  const date = new Date(now).toISOString().slice(0, 10).replaceAll('-', '');
  const [study, series] = [newUid(), newUid()];
  return Array.from({ length: INSTANCES }, (_, index) => smokeFile({ date, study, series, number: index + 1 }));
}

/** A UUID as a UID (DICOM PS3.5, B.2). */
function newUid(): string {
  return `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;
}

interface Image {
  readonly date: string;
  readonly study: string;
  readonly series: string;
  readonly number: number;
}

/** Preamble, meta information and data set, in the order of tags. */
function smokeFile({ date, study, series, number }: Image): Buffer {
  const sop = newUid();
  const meta = Buffer.concat([
    element(0x00020001, 'OB', Buffer.from([0, 1])),
    element(0x00020002, 'UI', SECONDARY_CAPTURE),
    element(0x00020003, 'UI', sop),
    element(0x00020010, 'UI', EXPLICIT_LITTLE_ENDIAN),
    element(0x00020012, 'UI', '2.25.114'),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM'),
    element(0x00020000, 'UL', length),
    meta,
    element(0x00080016, 'UI', SECONDARY_CAPTURE),
    element(0x00080018, 'UI', sop),
    element(0x00080020, 'DA', date),
    element(0x00080060, 'CS', 'OT'),
    element(0x00100010, 'PN', PATIENT_NAME),
    element(0x00100020, 'LO', SMOKE_PATIENT_ID),
    element(0x0020000d, 'UI', study),
    element(0x0020000e, 'UI', series),
    element(0x00200011, 'IS', '1'),
    element(0x00200013, 'IS', String(number)),
    element(0x00280002, 'US', short(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280010, 'US', short(EDGE)),
    element(0x00280011, 'US', short(EDGE)),
    element(0x00280100, 'US', short(8)),
    element(0x00280101, 'US', short(8)),
    element(0x00280102, 'US', short(7)),
    element(0x00280103, 'US', short(0)),
    element(0x7fe00010, 'OB', randomBytes(EDGE * EDGE)),
  ]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Explicit VR little endian (DICOM PS3.5, 7.1.2): even lengths, texts padded with a blank, UIDs and bytes with a NUL. */
function element(tag: number, vr: string, value: string | Buffer): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const padding = Buffer.alloc(bytes.length % 2, vr === 'UI' || vr === 'OB' ? 0 : 0x20);
  const length = bytes.length + padding.length;
  const header = Buffer.alloc(vr === 'OB' ? 12 : 8);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  header.write(vr, 4, 'latin1');
  if (vr === 'OB') header.writeUInt32LE(length, 8);
  else header.writeUInt16LE(length, 6);
  return Buffer.concat([header, bytes, padding]);
}
