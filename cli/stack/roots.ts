import { s3Key } from '../../functions/aws/dump/s3-key.ts';
import { UsageError } from '../../functions/core/errors.ts';
import type { FileKey } from '../../functions/core/ids.ts';

/** What an import of a stack reads: buckets, or folders and objects in them. Raises `UsageError` for anything else. */
export function rootsOfStack(paths: readonly string[]): FileKey[] {
  return paths.map((path) => {
    const [, bucket, key = ''] = /^s3:\/\/([^/?%]+)(?:\/(.*))?$/s.exec(path) ?? [];
    if (bucket !== undefined) return s3Key({ bucket, key });
    throw new UsageError(`${path} is nothing that a stack can read: give s3://bucket/folder`);
  });
}
