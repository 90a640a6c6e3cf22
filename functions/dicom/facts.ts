import type { DicomFacts } from '../core/content.ts';
import type { Header } from './header.ts';
import { identifiersOf } from './identifiers.ts';
import { pixelsOf } from './nature.ts';
import { TAG } from './tags.ts';
import { textOf } from './text.ts';

const MODALITY = /^[A-Z0-9_]{1,16}$/;
/** YYYYMMDD, or YYYY.MM.DD as before DICOM 3.0. */
const DATE = /^(\d{4})(\d{4}|\.\d\d\.\d\d)$/;

/** @param defaultEncoding that of the server, by Orthanc's name: it decides where a data set has no character set */
export function factsOf(header: Header, defaultEncoding: string | undefined): DicomFacts {
  const modality = textOf(header.values.get(TAG.modality));
  const year = DATE.exec(textOf(header.values.get(TAG.studyDate)) ?? '')?.[1];
  return {
    ...identifiersOf(header.values, defaultEncoding),
    pixels: pixelsOf(header),
    ...(modality !== undefined && MODALITY.test(modality) && { modality }),
    ...(year !== undefined && { year }),
  };
}
