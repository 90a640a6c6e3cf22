import { FatalError, MigrationError, UsageError } from '../../functions/core/errors.ts';

/** Names of the AWS SDK's errors by what they mean. */
const BY_NAME: Readonly<Record<string, 'absent' | 'denied' | 'credentials' | 'busy' | 'unreachable'>> = {
  ResourceNotFoundException: 'absent',
  AccessDeniedException: 'denied',
  CredentialsProviderError: 'credentials',
  ExpiredTokenException: 'credentials',
  ExpiredToken: 'credentials',
  UnrecognizedClientException: 'credentials',
  InvalidSignatureException: 'credentials',
  InvalidClientTokenId: 'credentials',
  IncompleteSignature: 'credentials',
  MissingAuthenticationToken: 'credentials',
  TooManyRequestsException: 'busy',
  ResourceConflictException: 'busy',
  ResourceNotReadyException: 'busy',
  ServiceException: 'busy',
  TimeoutError: 'unreachable',
  NetworkingError: 'unreachable',
};

const SYSTEM_CODE = /^(ECONN|ENOTFOUND|EAI_|EHOST|ENET|EPIPE|ETIMEDOUT)/;

/** An error of the AWS SDK for people, in one line. `region` is absent when none is configured. */
export function stackError(error: unknown, stack: string, region: string | undefined): MigrationError {
  if (error instanceof MigrationError) return error;
  const { name, code, message } = fields(error);
  if (region === undefined)
    return new UsageError('no AWS region is configured: set AWS_REGION, or a region in the profile', { cause: error });
  const where = `stack ${stack} in ${region}`;
  switch (BY_NAME[name] ?? (SYSTEM_CODE.test(code) ? 'unreachable' : undefined)) {
    case 'absent':
      return new UsageError(`there is no stack ${stack} in ${region}: check the name, AWS_REGION and AWS_PROFILE`, {
        cause: error,
      });
    case 'denied':
      return new FatalError(
        'STACK_DENIED',
        `${where}: these credentials may not invoke it; they need lambda:InvokeFunction on the function ` +
          `${stack}-supervise (policy ${stack}-operator)`,
        { cause: error },
      );
    case 'credentials':
      return new FatalError(
        'NO_CREDENTIALS',
        `there are no valid AWS credentials (${name}): set AWS_PROFILE or AWS_ACCESS_KEY_ID, or sign in anew`,
        { cause: error },
      );
    case 'busy':
      return new FatalError(STACK_BUSY, `${where} is busy (${name}): try again in a moment`, { cause: error });
    case 'unreachable':
      return new FatalError(STACK_UNREACHABLE, `${where} cannot be reached (${code || name}): check the network`, {
        cause: error,
      });
    case undefined:
      return new FatalError('STACK_FAILED', `${where}: ${name}: ${oneLine(message)}`, { cause: error });
  }
}

const STACK_BUSY = 'STACK_BUSY';
const STACK_UNREACHABLE = 'STACK_UNREACHABLE';

/** Whether asking again may help. */
export function isPassing(error: unknown): boolean {
  return error instanceof MigrationError && (error.code === STACK_BUSY || error.code === STACK_UNREACHABLE);
}

function fields(error: unknown): { readonly name: string; readonly code: string; readonly message: string } {
  const { name, code, message } = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { name: text(name) || 'unknown error', code: text(code), message: text(message) };
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
