import type { Dumps } from '../core/dump.ts';
import { bucketClient } from './dump/client.ts';
import { createS3Dumps } from './dump/dumps.ts';
import type { AwsPlace } from './place.ts';
import { readStorageKeys } from './secrets/storage-keys.ts';

/** The dumps in buckets, with the master keys of what is encrypted there. Raises `SECRET_UNREADABLE` and `SECRET_INVALID`. */
export async function openDumps({ settings, ports, clients }: AwsPlace): Promise<Dumps> {
  const { storageKeysSecret } = settings;
  const keys = storageKeysSecret === undefined ? new Map() : await readStorageKeys(clients.secrets, storageKeysSecret);
  return createS3Dumps({ client: bucketClient(), keys, objects: ports.objects });
}
