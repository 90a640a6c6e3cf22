import * as z from 'zod';
import { MigrationError } from '../../core/errors.ts';
import type { FileKey } from '../../core/ids.ts';
import { s3Key } from './s3-key.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html; fields may be added at any time. */
const notification = z.object({
  Records: z.array(
    z.object({
      eventSource: z.literal('aws:s3'),
      eventName: z.string(),
      s3: z.object({
        bucket: z.object({ name: z.string().min(1) }),
        object: z.object({
          key: z.string().min(1),
          size: z.number().optional(),
          eTag: z.string().optional(),
          versionId: z.string().optional(),
        }),
      }),
    }),
  ),
});

/** What S3 sends when notifications are configured. */
const testEvent = z.object({ Service: z.literal('Amazon S3'), Event: z.literal('s3:TestEvent') });

type S3Record = z.infer<typeof notification>['Records'][number];

/**
 * The files that a notification of S3 says were uploaded: each is named with its version, or with its ETag where the bucket has no
 * versions. Folder markers are no files. Raises `MESSAGE_UNKNOWN` for anything else than such a notification.
 */
export function uploadsOf(body: unknown): readonly FileKey[] {
  if (testEvent.safeParse(body).success) return [];
  const parsed = notification.safeParse(body);
  // Without the parser's words: they may quote names.
  if (!parsed.success) throw new MigrationError('MESSAGE_UNKNOWN', 'a message that is no notification of S3');
  return parsed.data.Records.filter(isUpload).map(fileOf);
}

function isUpload({ eventName, s3: { object } }: S3Record): boolean {
  return eventName.startsWith('ObjectCreated:') && !(object.key.endsWith('/') && object.size === 0);
}

function fileOf({ s3: { bucket, object } }: S3Record): FileKey {
  // As in a form: a space is a plus sign.
  const key = decodeURIComponent(object.key.replaceAll('+', ' '));
  const { versionId, eTag } = object;
  if (versionId !== undefined) return s3Key({ bucket: bucket.name, key, upload: { versionId } });
  return s3Key({ bucket: bucket.name, key, ...(eTag !== undefined && { upload: { etag: eTag } }) });
}
