import { hash } from 'node:crypto';
import type { OrthancId } from '../core/ids.ts';
import { decode } from './charset.ts';
import type { Value } from './read-elements.ts';
import { TAG } from './tags.ts';
import { significant, textOf, uidOf } from './text.ts';

export interface Identifiers {
  /** Absent where a UID is missing: the server refuses such a file. */
  readonly instance?: OrthancId;
  readonly study?: OrthancId;
  /** A server may make other IDs of it. */
  readonly uncertain: boolean;
}

/** The IDs that Orthanc makes of these values (DicomInstanceHasher.cpp). */
export function identifiersOf(values: ReadonlyMap<number, Value>, defaultEncoding: string): Identifiers {
  const patientId = values.get(TAG.patientId);
  const patient = decode(
    significant(patientId?.bytes ?? new Uint8Array(0)),
    textOf(values.get(TAG.charset)),
    defaultEncoding,
  );
  const [study, series, instance] = [TAG.study, TAG.series, TAG.sopInstance].map((tag) => uidOf(values.get(tag)));
  return {
    uncertain: !patient.certain,
    ...(study !== undefined && { study: orthancId([patient.text, study]) }),
    ...(study !== undefined &&
      series !== undefined &&
      instance !== undefined && { instance: orthancId([patient.text, study, series, instance]) }),
  };
}

function orthancId(identifiers: readonly string[]): OrthancId {
  const digest = hash('sha1', identifiers.join('|'));
  return digest.replace(/.{8}(?=.)/g, '$&-') as OrthancId;
}
