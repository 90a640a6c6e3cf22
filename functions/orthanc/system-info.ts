import * as z from 'zod';
import type { SystemInfo } from './server.ts';

/**
 * `/system`. Only what every version has is required: 1.10.1 knows neither settings nor labels, 1.11.3 and 1.12 bring most of
 * them, and 1.13.0 has `OverwriteInstancesMode` beside the older boolean. A setting of a form that is not known counts as not told.
 */
export const systemAnswer = z.object({
  Version: z.string(),
  Name: z.string(),
  DatabaseVersion: z.number(),
  DatabaseBackendPlugin: z.string().nullish().catch(undefined),
  DatabaseServerIdentifier: z.string().optional().catch(undefined),
  ReadOnly: z.boolean().optional().catch(undefined),
  OverwriteInstances: z.union([z.boolean(), z.string()]).optional().catch(undefined),
  OverwriteInstancesMode: z.string().optional().catch(undefined),
  StoreMD5ForAttachments: z.boolean().optional().catch(undefined),
  IngestTranscoding: z.string().optional().catch(undefined),
  MaximumPatientCount: z.number().optional().catch(undefined),
  MaximumStorageSize: z.number().optional().catch(undefined),
  MaximumStorageMode: z.string().optional().catch(undefined),
  HasLabels: z.boolean().optional().catch(undefined),
});
export type SystemAnswer = z.infer<typeof systemAnswer>;

export function systemInfo(answer: SystemAnswer): SystemInfo {
  const overwrite = overwriteMode(answer.OverwriteInstancesMode ?? answer.OverwriteInstances);
  return {
    version: answer.Version,
    name: answer.Name,
    readOnly: answer.ReadOnly ?? false,
    hasLabels: answer.HasLabels ?? false,
    ...(answer.DatabaseBackendPlugin ? { databaseBackend: answer.DatabaseBackendPlugin } : {}),
    ...(overwrite === undefined ? {} : { overwriteInstances: overwrite }),
    ...(answer.StoreMD5ForAttachments === undefined ? {} : { storesMd5: answer.StoreMD5ForAttachments }),
    ...(answer.IngestTranscoding ? { ingestTranscoding: answer.IngestTranscoding } : {}),
    ...(answer.MaximumPatientCount === undefined ? {} : { maximumPatientCount: answer.MaximumPatientCount }),
    ...(answer.MaximumStorageSize === undefined ? {} : { maximumStorageSizeMb: answer.MaximumStorageSize }),
    ...(answer.MaximumStorageMode === undefined ? {} : { maximumStorageMode: answer.MaximumStorageMode }),
  };
}

function overwriteMode(mode: string | boolean | undefined): SystemInfo['overwriteInstances'] {
  switch (mode) {
    case true:
    case 'Always':
      return 'always';
    case false:
    case 'Never':
      return 'never';
    case 'IfChanged':
      return 'if-changed';
    default:
      return undefined;
  }
}

/** Whether a version is at least `minimum`. A version without a number (`mainline`) is a newest one. */
export function isAtLeast(version: string, minimum: readonly [number, number, number]): boolean {
  const numbers = /^(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(version)
    ?.slice(1)
    .map((text) => Number(text ?? 0));
  if (!numbers) return true;
  for (const [i, least] of minimum.entries()) {
    const number = numbers[i] ?? 0;
    if (number !== least) return number > least;
  }
  return true;
}
