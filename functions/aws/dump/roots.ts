import type { FileKey } from '../../core/ids.ts';
import { parseS3Key, type S3Object } from './s3-key.ts';
import { compareUtf8 } from './utf8-order.ts';

/**
 * A place in a bucket that is imported: an object, and whatever lies below it as below a folder. `s3://b/north` is not
 * `s3://b/north-west/1.dcm`, as a plain prefix would be. An empty key is the whole bucket.
 */
export type Root = Pick<S3Object, 'bucket' | 'key'>;

/** The roots in the order in which they are listed, without those that lie in others. */
export function rootsOf(keys: readonly FileKey[]): readonly Root[] {
  const sorted = keys.map(parseS3Key).sort(compareRoots);
  const kept: Root[] = [];
  for (const { bucket, key } of sorted)
    if (!kept.some((root) => root.bucket === bucket && isIn(root, key))) kept.push({ bucket, key });
  return kept;
}

/** Whether the key is that of the root's own object, or below it. */
export function isIn(root: Root, key: string): boolean {
  return key === root.key || key.startsWith(folderOf(root));
}

/** What the keys below a root begin with. */
export function folderOf({ key }: Root): string {
  return key === '' || key.endsWith('/') ? key : `${key}/`;
}

/** Whether the root may be an object itself. */
export function mayBeObject({ key }: Root): boolean {
  return key !== '' && !key.endsWith('/');
}

function compareRoots(a: Root, b: Root): number {
  return compareUtf8(a.bucket, b.bucket) || compareUtf8(a.key, b.key);
}
