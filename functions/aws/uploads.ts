import { MigrationError } from '../core/errors.ts';
import type { EndpointName } from '../core/ids.ts';
import { ENV } from '../environment.ts';
import type { UploadsPlace } from '../uploads/handler.ts';
import { uploadsOf } from './dump/s3-event.ts';
import type { AwsPlace } from './place.ts';

const MINUTE_MS = 60_000;
/** Nobody would upload the same files again: a server that is away is waited for longer than in jobs that are asked for. Milliseconds. */
const MAX_WAIT_MS = 30 * 24 * 60 * MINUTE_MS;

/** What becomes of uploads to the dump bucket. Raises `SETTINGS_INVALID` where the stack has none. */
export function createUploads({ settings, ports, uploadsQueue }: AwsPlace): UploadsPlace {
  const { uploads } = settings;
  if (!uploads || !uploadsQueue)
    throw new MigrationError(
      'SETTINGS_INVALID',
      `the function for uploads needs ${ENV.uploads} and ${ENV.uploadsQueue}`,
    );
  const { bucket, prefix, target, quietMinutes, orphans } = uploads;
  return {
    ports,
    queue: uploadsQueue,
    filesOf: uploadsOf,
    settings: {
      source: `s3://${bucket}/${prefix}` as EndpointName,
      target: target as EndpointName,
      quietMs: quietMinutes * MINUTE_MS,
      options: {
        selection: {},
        check: 'md5',
        conflict: 'keep-target',
        maxWaitMs: MAX_WAIT_MS,
        ...(orphans && { orphans }),
      },
    },
  };
}
