import type { S3Client } from '@aws-sdk/client-s3';
import { FatalError, UsageError } from '../../core/errors.ts';
import type { FileKey } from '../../core/ids.ts';
import { firstKey } from './list-bucket.ts';
import { folderOf, isIn, type Root, rootsOf } from './roots.ts';
import { detailOf, type S3Trouble, troubleOf } from './s3-errors.ts';
import { s3Key } from './s3-key.ts';
import { compareUtf8 } from './utf8-order.ts';

/** Names of general purpose buckets, older ones, access point aliases, and those of other servers. */
const URL_FORM = /^s3:\/\/([A-Za-z0-9][A-Za-z0-9._-]+)(?:\/(.*))?$/s;

/**
 * The keys of places in buckets as the user has typed them (`s3://bucket`, `s3://bucket/prefix`; nothing is encoded there), in the order
 * in which they are listed, without those that lie in others. Raises `UsageError` for what cannot be listed or is empty, and `FatalError`
 * when S3 does not answer.
 */
export async function checkPlaces(client: S3Client, urls: readonly string[]): Promise<readonly FileKey[]> {
  for (const url of urls) await checkPlace(client, url, parseUrl(url));
  return rootsOf(urls.map((url) => s3Key(parseUrl(url)))).map(s3Key);
}

/** The keys of objects that the user names, in the order of S3, each once. Their buckets are looked at, they themselves are not. */
export async function checkNames(client: S3Client, urls: readonly string[]): Promise<readonly FileKey[]> {
  const objects = urls.map((url) => {
    const object = parseUrl(url);
    if (object.key === '') throw new UsageError(`${JSON.stringify(url)} names a bucket, and no object of it`);
    return object;
  });
  for (const bucket of new Set(objects.map((object) => object.bucket))) await checkBucket(client, bucket);
  objects.sort((a, b) => compareUtf8(a.bucket, b.bucket) || compareUtf8(a.key, b.key));
  return [...new Set(objects.map(s3Key))];
}

function parseUrl(url: string): Root {
  const [, bucket, key = ''] = URL_FORM.exec(url) ?? [];
  if (bucket === undefined) throw new UsageError(`${JSON.stringify(url)} is no place in a bucket: s3://bucket/prefix`);
  if (bucket.endsWith('--x-s3'))
    throw new UsageError(
      `${JSON.stringify(url)} is a directory bucket, which has no order to go on in; copy its objects`,
    );
  return { bucket, key };
}

async function checkPlace(client: S3Client, url: string, root: Root): Promise<void> {
  try {
    const first = await firstKey(client, root.bucket, root.key);
    if (root.key === '' || (first !== undefined && isIn(root, first))) return;
    // Something else may come before what lies below it: "north-west" before "north/".
    if (first !== undefined && (await firstKey(client, root.bucket, folderOf(root))) !== undefined) return;
  } catch (error) {
    throw refused(JSON.stringify(url), error, troubleOf(error));
  }
  throw new UsageError(`${JSON.stringify(url)} does not exist: no object has this key, and none lies below it`);
}

async function checkBucket(client: S3Client, bucket: string): Promise<void> {
  try {
    await firstKey(client, bucket, '');
  } catch (error) {
    const trouble = troubleOf(error);
    // Reading objects is allowed apart from listing them.
    if (trouble !== 'unreadable') throw refused(JSON.stringify(`s3://${bucket}`), error, trouble);
  }
}

function refused(place: string, error: unknown, trouble: S3Trouble | undefined): unknown {
  const code = detailOf(error);
  switch (trouble) {
    case 'no-bucket':
      return new UsageError(`${place} does not exist: there is no such bucket (${code})`);
    case 'nothing':
    case 'changed':
    case 'unreadable':
      return new UsageError(`${place} may not be listed by you (${code}): it takes s3:ListBucket and s3:GetObject`);
    case 'credentials':
      return new UsageError(
        `${place} cannot be read without valid AWS credentials (${code}): sign in to AWS, or set AWS_PROFILE`,
      );
    case 'no-region':
      return new UsageError(`${place} cannot be found without a valid AWS region: set AWS_REGION`);
    case 'busy':
      return new FatalError('DUMP_UNREADABLE', `${place} cannot be reached (${code}); try again later`);
    case undefined:
      return error;
  }
}
