import type { S3Client } from '@aws-sdk/client-s3';
import type { StorageKeys } from '../../core/content.ts';
import type { Dump, Dumps } from '../../core/dump.ts';
import type { DumpPlaces } from '../../core/job.ts';
import type { ObjectStore } from '../../core/ports.ts';
import { readNameList } from '../../core/stored-lines.ts';
import { PAGE_ENTRIES } from './list-bucket.ts';
import { ListedNames } from './listed-names.ts';
import { rootsOf } from './roots.ts';
import { type Listed, s3Dump } from './s3-dump.ts';

export interface S3DumpsOptions {
  /** Stays open when the dumps are closed. */
  readonly client: S3Client;
  /** Master keys for what is encrypted in the buckets. */
  readonly keys: StorageKeys;
  /** Holds the lists of names that jobs were given. */
  readonly objects: ObjectStore;
  /** Entries that one request for a listing gives, 1000 at most. */
  readonly pageEntries?: number;
}

/**
 * Dumps in buckets of S3: everything below some roots, the objects of a list, or single uploads. Their `list` raises `DumpError` when a
 * bucket cannot be listed; every method raises `Postponed` while S3 does not answer, and `FatalError` (`DUMP_UNREADABLE`) when the
 * bucket is not there or the credentials are not accepted.
 */
export function createS3Dumps({ client, keys, objects, pageEntries = PAGE_ENTRIES }: S3DumpsOptions): Dumps {
  // A container works on one job for a while.
  let last: { readonly list: string; readonly names: ListedNames } | undefined;
  const listedBy = async (places: DumpPlaces): Promise<Listed | undefined> => {
    if ('uploads' in places) return undefined;
    if ('roots' in places) return { roots: rootsOf(places.roots) };
    if (last?.list !== places.list)
      last = { list: places.list, names: new ListedNames(await readNameList(objects, places.list)) };
    return { names: last.names };
  };
  return {
    keys,
    dump: async ({ dump }): Promise<Dump> => s3Dump({ client, pageEntries }, await listedBy(dump)),
    close: async () => undefined,
  };
}
