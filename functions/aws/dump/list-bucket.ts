import { type _Object, ListObjectsV2Command, type ListObjectsV2Output, type S3Client } from '@aws-sdk/client-s3';
import type { DumpItem } from '../../core/dump.ts';
import { FatalError } from '../../core/errors.ts';
import { stateOfEntry } from './object-state.ts';
import { folderOf, mayBeObject, type Root } from './roots.ts';
import { listErrorOf } from './s3-errors.ts';
import { s3Key } from './s3-key.ts';
import { isAsleep } from './storage-class.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Entries that S3 gives at a time at most. */
export const PAGE_ENTRIES = 1000;

export interface Listing {
  readonly client: S3Client;
  /** Entries a request. */
  readonly pageEntries: number;
}

/** What lies in a root, after this key of it, in the order of S3. Raises `DumpError`, `Postponed`, `LISTING_NOT_SORTED`. */
export async function* listRoot(listing: Listing, root: Root, after?: string): AsyncGenerator<DumpItem> {
  try {
    if (mayBeObject(root) && after === undefined) {
      // The object itself comes first of all keys that begin as it does.
      const { Contents: [first] = [] } = await page(listing.client, root.bucket, { Prefix: root.key, MaxKeys: 1 });
      if (first?.Key === root.key) yield itemOf(root.bucket, first);
    }
    for await (const entry of entries(listing, root, after === root.key ? undefined : after))
      if (!isFolderMarker(entry)) yield itemOf(root.bucket, entry);
  } catch (error) {
    throw listErrorOf(error, root.bucket);
  }
}

/** The first key that begins so. Raises what `S3Client` raises. */
export async function firstKey(client: S3Client, bucket: string, prefix: string): Promise<string | undefined> {
  const { Contents: [first] = [] } = await page(client, bucket, { Prefix: prefix, MaxKeys: 1 });
  return first?.Key;
}

async function* entries({ client, pageEntries }: Listing, root: Root, after?: string): AsyncGenerator<_Object> {
  let last = after;
  let token: string | undefined;
  do {
    const { Contents = [], NextContinuationToken } = await page(client, root.bucket, {
      Prefix: folderOf(root),
      MaxKeys: pageEntries,
      ...(token !== undefined ? { ContinuationToken: token } : after !== undefined && { StartAfter: after }),
    });
    for (const entry of Contents) {
      const key = keyOf(entry);
      if (last !== undefined && compareUtf8(last, key) >= 0) throw notSorted(root.bucket);
      last = key;
      yield entry;
    }
    token = NextContinuationToken;
  } while (token !== undefined);
}

type Wanted = Pick<ConstructorParameters<typeof ListObjectsV2Command>[0], 'Prefix' | 'MaxKeys'> & {
  readonly ContinuationToken?: string;
  readonly StartAfter?: string;
};

async function page(client: S3Client, bucket: string, wanted: Wanted): Promise<ListObjectsV2Output> {
  const answer = await client.send(
    new ListObjectsV2Command({
      Bucket: bucket,
      // XML 1.0 has no way to write most control characters.
      EncodingType: 'url',
      OptionalObjectAttributes: ['RestoreStatus'],
      ...wanted,
    }),
  );
  if (answer.EncodingType !== 'url') return answer;
  return { ...answer, Contents: answer.Contents?.map((entry) => ({ ...entry, Key: decoded(keyOf(entry)) })) };
}

function keyOf({ Key = '' }: _Object): string {
  return Key;
}

/** As forms are encoded: `+` is a space. */
function decoded(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}

function itemOf(bucket: string, entry: _Object): DumpItem {
  const key = s3Key({ bucket, key: keyOf(entry) });
  if (isAsleep(entry)) return { kind: 'problem', key, code: 'FILE_UNREADABLE' };
  const { size, version } = stateOfEntry(entry);
  return { kind: 'object', key, size, version };
}

/** What consoles put into a bucket to show a folder that is empty. */
function isFolderMarker(entry: _Object): boolean {
  return entry.Size === 0 && keyOf(entry).endsWith('/');
}

/** Whoever goes on after a key would leave objects out. */
function notSorted(bucket: string): FatalError {
  return new FatalError(
    'LISTING_NOT_SORTED',
    `the bucket ${bucket} is not listed in the order of its keys, as S3 does; copy the objects into a folder and import that`,
  );
}
