import * as z from 'zod';
import { isMd5, isOrthancId, type Md5, type OrthancId } from '../core/ids.ts';

/** Answers of Orthanc, as far as they matter. Unknown fields are ignored: each version adds some. */

export const orthancId = z.custom<OrthancId>(isOrthancId);

/** Orthanc gives large numbers as strings. */
const bigCount = z.union([z.string().regex(/^\d+$/), z.number()]).transform(Number);
const count = z.number().int().nonnegative();
const tags = z.record(z.string(), z.unknown());

export const idList = z.array(orthancId);

/** Tags of a data set: `7fe0-0010`. */
export const tagNames = z.array(z.string());

export const statistics = z.object({
  CountInstances: count,
  CountStudies: count,
  TotalUncompressedSize: bigCount,
});

/** `DicomUncompressedSize` leaves out attachments that are no DICOM files; older servers have the sum alone. */
export const studyStatistics = z.object({
  CountInstances: count,
  DicomUncompressedSize: bigCount.optional(),
  UncompressedSize: bigCount,
});

export const changes = z.object({
  Changes: z.array(z.object({ Seq: count, ChangeType: z.string(), ID: z.string() })),
  Last: count,
  Done: z.boolean(),
});

export const study = z.object({
  ID: orthancId,
  Type: z.literal('Study'),
  MainDicomTags: tags,
  PatientMainDicomTags: tags.optional(),
  Labels: z.array(z.string()).optional(),
});

export const instance = z.object({ ID: orthancId, ParentSeries: orthancId, MainDicomTags: tags });

export const instances = z.array(z.object({ ID: orthancId, FileSize: count.optional(), MainDicomTags: tags }));

/** With and without `expand`. */
export const children = z.array(z.union([orthancId, z.object({ ID: orthancId })]));

export const studies = z.array(z.object({ ID: orthancId }));

export const patient = z.object({ ID: orthancId, Type: z.literal('Patient'), MainDicomTags: tags });

export const series = z.array(z.object({ ID: orthancId, MainDicomTags: tags, Instances: z.array(orthancId) }));

export const candidates = z.array(z.object({ ID: orthancId, Type: z.string() }));

/** `/instances/{id}/attachments/dicom/info`; the MD5 is empty when `StoreMD5ForAttachments` is false. */
export const attachment = z.object({
  ContentType: z.number(),
  UncompressedSize: bigCount,
  UncompressedMD5: z.string(),
  Uuid: z.string(),
});

export const foundInstances = z.array(
  z.object({ ID: orthancId, Type: z.literal('Instance'), Attachments: z.array(attachment) }),
);

export const foundSeries = z.array(
  z.object({ ID: orthancId, Type: z.literal('Series'), Instances: z.array(orthancId) }),
);

export const bulkInstances = z.array(z.object({ ID: orthancId, Type: z.literal('Instance'), ParentSeries: orthancId }));

export const bulkSeries = z.array(z.object({ ID: orthancId, Type: z.literal('Series'), ParentStudy: orthancId }));

/** A tag's value, if it is a text. */
export function tagValue(values: Readonly<Record<string, unknown>>, tag: string): string | undefined {
  const value = values[tag];
  return typeof value === 'string' ? value : undefined;
}

/** An MD5 if the server recorded one. */
export function md5Of(text: string): Md5 | undefined {
  const lower = text.toLowerCase();
  return isMd5(lower) ? lower : undefined;
}
