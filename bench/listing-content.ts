/** Identifiers and answers of a made-up archive, computed from the numbers of study and instance and back. */

/** As many bytes as `idOf` needs; an odd factor is a bijection of 32 bits, so that IDs come in no order, as those of Orthanc. */
const SCATTER = 0x9e3779b1;

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** An ID in Orthanc's form; without an instance, that of the study. */
export function idOf(study: number, instance?: number): string {
  const scattered = hex(Math.imul(study, SCATTER) ^ Math.imul((instance ?? 0) + 1, 0x85ebca6b));
  return [scattered, hex(study), hex(instance ?? 0xffffffff), '00000000', '00000000'].join('-');
}

export function numbersOf(id: string): { readonly study: number; readonly instance: number } {
  const [, study = '', instance = ''] = id.split('-');
  return { study: Number.parseInt(study, 16), instance: Number.parseInt(instance, 16) };
}

export function listStudies(studies: number): string {
  return JSON.stringify(Array.from({ length: studies }, (_, study) => idOf(study)));
}

/** Two series in each study. */
export function seriesOf(study: number, size: number): unknown[] {
  const half = Math.ceil(size / 2);
  return [0, 1].map((part) => ({
    ID: idOf(study, 0x7fff0000 + part),
    MainDicomTags: { Modality: 'CT', SeriesInstanceUID: `1.2.${study}.${part}` },
    Instances: Array.from({ length: part === 0 ? half : size - half }, (_, n) => idOf(study, part * half + n)),
  }));
}

/** What `attachments/dicom/info` says. */
export function fileInfo(id: string): Record<string, unknown> {
  const digits = id.replaceAll('-', '').slice(0, 32);
  return {
    ContentType: 1,
    CompressedSize: '250000',
    CompressedMD5: digits,
    UncompressedSize: '250000',
    UncompressedMD5: digits,
    Uuid: id.slice(0, 36),
  };
}

/** A row of `/tools/find`. */
export function instanceRow(study: number, instance: number): unknown {
  const id = idOf(study, instance);
  return { ID: id, Type: 'Instance', Attachments: [fileInfo(id)] };
}
