import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { MigrationError } from '../../core/errors.ts';
import { awsError } from '../aws-error.ts';

export interface SecretText {
  readonly text: string;
  /** Another one whenever the secret was given another value. */
  readonly version: string;
}

/**
 * The current value of a secret. Raises `SECRET_UNREADABLE`, and `SECRET_INVALID` for one that holds bytes instead of text.
 * @param what whose secret it is, for the error: "endpoint pacs".
 */
export async function readSecret(client: SecretsManagerClient, arn: string, what: string): Promise<SecretText> {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: arn })).catch((error: unknown) => {
    throw awsError('SECRET_UNREADABLE', `the secret of ${what} (${arn}) cannot be read`, error);
  });
  const { SecretString, VersionId } = answer;
  if (SecretString !== undefined && VersionId !== undefined) return { text: SecretString, version: VersionId };
  throw new MigrationError(
    'SECRET_INVALID',
    `the secret of ${what} (${arn}) holds no text: give it as a secret string`,
  );
}
