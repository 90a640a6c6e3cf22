import type { S3Client } from '@aws-sdk/client-s3';
import { ahead } from '../../core/ahead.ts';
import { type Dump, DumpError, type DumpItem } from '../../core/dump.ts';
import { FatalError } from '../../core/errors.ts';
import type { FileKey } from '../../core/ids.ts';
import { type Listing, listRoot } from './list-bucket.ts';
import type { ListedNames } from './listed-names.ts';
import { headObject } from './object-get.ts';
import { stateOfAnswer } from './object-state.ts';
import { isIn, type Root } from './roots.ts';
import { openS3File } from './s3-file.ts';
import { parseS3Key } from './s3-key.ts';
import { isAsleepNow } from './storage-class.ts';

/** Each request takes some 20 ms, and S3 answers as many at a time as are asked. */
const AHEAD = 64;

/** Everything that a dump lists: whatever lies in roots, or a list of names. */
export type Listed = { readonly roots: readonly Root[] } | { readonly names: ListedNames };

/** A dump in buckets; without `listed` its objects are only to be had one by one. */
export function s3Dump(listing: Listing, listed: Listed | undefined): Dump {
  const { client } = listing;
  return {
    ahead: AHEAD,
    near: false,
    list(after) {
      if (!listed) throw new FatalError('JOB_DAMAGED', 'uploads are planned as they come, and cannot be listed');
      return 'names' in listed
        ? ahead(listed.names.after(after), AHEAD, (key) => named(client, key))
        : listRoots(listing, listed.roots, after);
    },
    item: (key) => itemOf(client, key),
    open: (key, reading = 'whole') => openS3File(client, parseS3Key(key), reading),
    // The client belongs to whoever made it.
    close: async () => undefined,
  };
}

async function* listRoots(listing: Listing, roots: readonly Root[], after?: FileKey): AsyncGenerator<DumpItem> {
  const last = after === undefined ? undefined : parseS3Key(after);
  const from = last ? roots.findIndex((root) => root.bucket === last.bucket && isIn(root, last.key)) : 0;
  if (from < 0) throw new FatalError('JOB_DAMAGED', 'the import goes on in a place that it was not to read');
  for (const [at, root] of roots.slice(from).entries())
    yield* listRoot(listing, root, at === 0 ? last?.key : undefined);
}

async function itemOf(client: S3Client, key: FileKey): Promise<DumpItem> {
  const object = parseS3Key(key);
  // The newest upload: one that was replaced is the business of whoever imports the newer one.
  const { upload, ...newest } = object;
  const answer = await headObject(client, newest);
  const { etag, size, version } = stateOfAnswer(answer);
  const replaced =
    upload && (upload.etag ?? upload.versionId) !== (upload.etag === undefined ? answer.VersionId : etag);
  if (replaced) return { kind: 'problem', key, code: 'REPLACED' };
  if (isAsleepNow(answer)) return { kind: 'problem', key, code: 'FILE_UNREADABLE' };
  return { kind: 'object', key, size, version };
}

/** A name that leads nowhere has an outcome as any other. */
async function named(client: S3Client, key: FileKey): Promise<DumpItem> {
  try {
    return await itemOf(client, key);
  } catch (error) {
    if (error instanceof DumpError) return { kind: 'problem', key, code: error.outcome };
    throw error;
  }
}
