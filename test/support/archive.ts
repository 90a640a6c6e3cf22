import { type InstanceSpec, makeInstance, uid } from './dicom.ts';

/** The shape of a generated archive. */
export interface ArchiveShape {
  readonly studies: number;
  readonly instancesPerStudy: number;
  /** One by default; the instances are spread over them evenly. */
  readonly seriesPerStudy?: number;
  /** One for each study by default. */
  readonly patients?: number;
  /** Size of each file, or of the n-th of all. */
  readonly bytes?: number | ((index: number) => number);
  /** Two archives of different seeds have no identifier in common. */
  readonly seed?: number;
  /** Taken in turn by the series. */
  readonly modalities?: readonly string[];
  readonly charset?: string;
}

export type ArchivedInstance = InstanceSpec &
  Required<Pick<InstanceSpec, 'studyUid' | 'seriesUid' | 'sopUid' | 'modality' | 'studyDate' | 'seed' | 'bytes'>> & {
    readonly patientId: string;
  };

/** The images of an archive, study by study, without their pixels. */
export function* archiveSpecs(shape: ArchiveShape): Generator<ArchivedInstance> {
  const seed = shape.seed ?? 1;
  const modalities = shape.modalities ?? ['CT', 'MR', 'CR'];
  const patients = shape.patients ?? shape.studies;
  const series = shape.seriesPerStudy ?? 1;
  for (let study = 0; study < shape.studies; study += 1) {
    const patient = study % patients;
    for (let instance = 0; instance < shape.instancesPerStudy; instance += 1) {
      const inSeries = instance % series;
      const index = study * shape.instancesPerStudy + instance;
      yield {
        patientId: `G${seed}-${patient}`,
        patientName: `Generated^Patient ${patient}`,
        studyUid: uid(seed, study),
        seriesUid: uid(seed, study, inSeries),
        sopUid: uid(seed, study, inSeries, instance),
        modality: modalities[(study + inSeries) % modalities.length] ?? 'CT',
        // One study a day from 2020-01-01 on.
        studyDate: new Date(Date.UTC(2020, 0, 1 + study)).toISOString().slice(0, 10).replaceAll('-', ''),
        accessionNumber: `A${seed}-${study}`,
        seriesNumber: inSeries + 1,
        instanceNumber: instance + 1,
        bytes: typeof shape.bytes === 'function' ? shape.bytes(index) : (shape.bytes ?? 4096),
        seed: seed * 1_000_003 + index,
        ...(shape.charset === undefined ? {} : { charset: shape.charset }),
      };
    }
  }
}

/** The same as files, made one by one as they are asked for. */
export function* archive(shape: ArchiveShape): Generator<Buffer> {
  for (const spec of archiveSpecs(shape)) yield makeInstance(spec);
}
