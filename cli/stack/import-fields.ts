import { s3Key } from '../../functions/aws/dump/s3-key.ts';
import type { Requests } from '../../functions/control/requests.ts';
import { UsageError } from '../../functions/core/errors.ts';
import type { FileKey } from '../../functions/core/ids.ts';
import type { JobOptions } from '../../functions/core/job.ts';

type ImportRequest = Extract<Requests['start'], { readonly roots: unknown }>;

/** What an import of a stack reads: buckets, or folders and objects in them. Raises `UsageError` for anything else. */
export function rootsOfStack(paths: readonly string[]): FileKey[] {
  return paths.map((path) => {
    const [, bucket, key = ''] = /^s3:\/\/([^/?%]+)(?:\/(.*))?$/s.exec(path) ?? [];
    if (bucket !== undefined) return s3Key({ bucket, key });
    throw new UsageError(`${path} is nothing that a stack can read: give s3://bucket/folder`);
  });
}

/** Raises `UsageError` for what would do nothing. */
export function importOptionsOfStack(options: JobOptions): ImportRequest['options'] {
  const { conflict, maxWaitMs, orphans, acceptHeaderOnly = false } = options;
  if (orphans === 'skip')
    throw new UsageError('--orphans skip: in a bucket no index is looked into; copy the storage folder with its index');
  return { selection: {}, check: 'md5', conflict, maxWaitMs, acceptHeaderOnly };
}
