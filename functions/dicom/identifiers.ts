import { hash } from 'node:crypto';
import { isUid, type OrthancId } from '../core/ids.ts';
import { type Decoded, decode } from './charset.ts';
import type { Value } from './read-elements.ts';
import { TAG } from './tags.ts';
import { latin1, significant, textOf, uidOf } from './text.ts';

const TEXTS: ReadonlySet<string> = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT'.split(' '));

export interface Identifiers {
  /** Absent where a UID is missing: the server refuses such a file. */
  readonly instance?: OrthancId;
  readonly study?: OrthancId;
  /** With `instance`, where it is a valid one: nothing but digits and periods. */
  readonly sopInstanceUid?: string;
  /** A server may make other IDs of it. */
  readonly uncertain: boolean;
}

/** The IDs that Orthanc makes of these values (DicomInstanceHasher.cpp). */
export function identifiersOf(values: ReadonlyMap<number, Value>, defaultEncoding: string | undefined): Identifiers {
  const patientId = values.get(TAG.patientId);
  const patient = patientIdOf(patientId, textOf(values.get(TAG.charset)), defaultEncoding);
  const uids = [TAG.study, TAG.series, TAG.sopInstance].map((tag) => values.get(tag));
  const [study, series, instance] = uids.map((uid) => (uid?.vr === 'UN' ? unknownOf(uid) || undefined : uidOf(uid)));
  return {
    uncertain: !patient.certain || ![patientId, ...uids].every(isReadAlike),
    ...(study !== undefined && { study: orthancId([patient.text, study]) }),
    ...(study !== undefined &&
      series !== undefined &&
      instance !== undefined && {
        instance: orthancId([patient.text, study, series, instance]),
        ...(isUid(instance) && { sopInstanceUid: instance }),
      }),
  };
}

function patientIdOf(
  value: Value | undefined,
  charset: string | undefined,
  defaultEncoding: string | undefined,
): Decoded {
  // As a UID it is read as one.
  if (value?.vr === 'UI') return { text: uidOf(value) ?? '', certain: true };
  if (value?.vr === 'UN') return decode(withoutPadding(value.bytes), charset, defaultEncoding);
  return decode(significant(value?.bytes ?? new Uint8Array(0)), charset, defaultEncoding);
}

/** Orthanc strips one NUL of a value of unknown VR, and no spaces (FromDcmtkBridge.cpp, ConvertLeafElement). */
function withoutPadding(bytes: Uint8Array): Uint8Array {
  return bytes.length % 2 === 0 && bytes.at(-1) === 0 ? bytes.subarray(0, -1) : bytes;
}

function unknownOf({ bytes }: Value): string {
  return latin1(withoutPadding(bytes));
}

/**
 * Whether all servers make the same of a value: Orthanc before 1.9.1 did not read an unknown VR, and 1.10.1 keeps spaces that stand
 * before a NUL, which 1.13.0 strips (test/e2e/dicom).
 */
function isReadAlike(value: Value | undefined): boolean {
  if (value === undefined) return true;
  return (value.vr === '' || TEXTS.has(value.vr)) && !latin1(value.bytes).includes(' \0');
}

function orthancId(identifiers: readonly string[]): OrthancId {
  const digest = hash('sha1', identifiers.join('|'));
  return digest.replace(/.{8}(?=.)/g, '$&-') as OrthancId;
}
