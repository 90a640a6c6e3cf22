import { MigrationError, messageOf } from '../core/errors.ts';

/** Names under which AWS services say that credentials are no longer valid. */
const EXPIRED = new Set(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired', 'TokenRefreshRequired']);
/** The same for permissions that are missing. */
const DENIED = new Set(['AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'KmsAccessDenied']);

/**
 * What an AWS client raised, after its own retries, as an error that says what could not be done and what to do about it.
 * @param what a clause such as "queue transfer cannot be read".
 */
export function awsError(code: string, what: string, error: unknown): MigrationError {
  const name = nameOf(error);
  const said = error instanceof MigrationError ? error.message : `${name}: ${messageOf(error)}`;
  return new MigrationError(code, `${what}: ${remedyOf(name) ?? said}`, {
    retryClass: 'retry',
    cause: error,
  });
}

/** The name that a service gives to an error: `NoSuchKey`. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

function remedyOf(name: string): string | undefined {
  if (EXPIRED.has(name)) return `the AWS credentials have expired (${name}); sign in to AWS again`;
  if (DENIED.has(name)) return `AWS does not allow it (${name}); look at the policy of the role in use`;
  return undefined;
}
