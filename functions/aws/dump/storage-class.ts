import type { _Object, HeadObjectOutput } from '@aws-sdk/client-s3';

/** Classes whose objects must be restored before they can be read. */
const ARCHIVES: ReadonlySet<string | undefined> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Whether an entry of a listing is archived, with no restored copy. */
export function isAsleep({ StorageClass, RestoreStatus }: _Object): boolean {
  if (!ARCHIVES.has(StorageClass)) return false;
  return RestoreStatus?.RestoreExpiryDate === undefined || RestoreStatus.IsRestoreInProgress === true;
}

/** The same as HEAD tells it; Intelligent-Tiering has archives that a listing does not show. */
export function isAsleepNow({ StorageClass, ArchiveStatus, Restore }: HeadObjectOutput): boolean {
  if (!ARCHIVES.has(StorageClass) && ArchiveStatus === undefined) return false;
  return !Restore?.includes('ongoing-request="false"');
}
