import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { StorageKeys } from '../../core/content.ts';
import { MigrationError, UsageError } from '../../core/errors.ts';
import { parseStorageKeys } from '../../core/storage-keys.ts';
import { readSecret } from './read-secret.ts';

/** The master keys of encrypted storage. Raises `SECRET_UNREADABLE` and `SECRET_INVALID`, whose text holds no key. */
export async function readStorageKeys(client: SecretsManagerClient, arn: string): Promise<StorageKeys> {
  const { text } = await readSecret(client, arn, 'the storage keys');
  try {
    return new Map(parseStorageKeys(text, 'the secret of the storage keys', 'write {"1": "base64 of 32 bytes"}'));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new MigrationError('SECRET_INVALID', error.message);
  }
}
