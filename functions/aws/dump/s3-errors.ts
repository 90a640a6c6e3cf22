import { S3ServiceException } from '@aws-sdk/client-s3';
import { DumpError } from '../../core/dump.ts';
import { FatalError, MigrationError, messageOf, Postponed } from '../../core/errors.ts';
import { nameOf } from '../aws-error.ts';

/** How long work waits for a server that does not answer, after the client's own retries. */
const BUSY_SECONDS = 30;

/** What a failed request says. `nothing` and `unreadable` are about one object, the others about all of them. */
export type S3Trouble = 'nothing' | 'changed' | 'unreadable' | 'no-bucket' | 'credentials' | 'no-region' | 'busy';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html; a HEAD has no body that could name its error. */
const TROUBLES: Readonly<Record<string, S3Trouble>> = {
  NoSuchKey: 'nothing',
  NoSuchVersion: 'nothing',
  NotFound: 'nothing',
  PreconditionFailed: 'changed',
  NoSuchBucket: 'no-bucket',
  InvalidBucketName: 'no-bucket',
  PermanentRedirect: 'no-bucket',
  CredentialsProviderError: 'credentials',
  TokenProviderError: 'credentials',
  ExpiredToken: 'credentials',
  InvalidToken: 'credentials',
  TokenRefreshRequired: 'credentials',
  InvalidAccessKeyId: 'credentials',
  SignatureDoesNotMatch: 'credentials',
  RequestTimeTooSkewed: 'credentials',
  SlowDown: 'busy',
  RequestTimeout: 'busy',
  TimeoutError: 'busy',
};

/** `undefined` for an error that did not come from S3 or the way to it. */
export function troubleOf(error: unknown): S3Trouble | undefined {
  const known = TROUBLES[nameOf(error)];
  if (known) return known;
  if (/^Region (is missing|not accepted)/.test(messageOf(error))) return 'no-region';
  if (error instanceof S3ServiceException) return troubleOfStatus(error.$metadata.httpStatusCode ?? 0);
  // Broken connections have a code of the system or of Node.js (ECONNREFUSED, ERR_STREAM_PREMATURE_CLOSE).
  if (error instanceof TypeError || error instanceof RangeError) return undefined;
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? 'busy' : undefined;
}

function troubleOfStatus(status: number): S3Trouble {
  if (status >= 500 || status === 429 || status === 408) return 'busy';
  if (status === 404 || status === 405) return 'nothing';
  return 'unreadable';
}

/** The error that a failed request for an object stands for. Neither the message nor its cause names the object. */
export function dumpErrorOf(error: unknown, bucket: string): unknown {
  if (error instanceof MigrationError) return error;
  const code = detailOf(error);
  switch (troubleOf(error)) {
    case undefined:
      return error;
    case 'nothing':
      return new DumpError('FILE_VANISHED', `an object of the dump is no longer there (${code})`);
    case 'changed':
      return new DumpError('FILE_CHANGED', `an object of the dump was replaced (${code})`);
    case 'unreadable':
      return new DumpError('FILE_UNREADABLE', `an object of the dump cannot be read (${code})`);
    case 'busy':
      return new Postponed('BUCKET_BUSY', `the bucket ${bucket} does not answer as it should (${code})`, BUSY_SECONDS);
    case 'no-bucket':
      return unusable(`the bucket ${bucket} is not there (${code})`);
    case 'credentials':
      return unusable(`the AWS credentials for the bucket ${bucket} are not accepted (${code}); sign in to AWS again`);
    case 'no-region':
      return unusable('no AWS region, or an impossible one, is set: set AWS_REGION');
  }
}

/** The same for a listing, after which it can go on where it stopped: the job is not lost. */
export function listErrorOf(error: unknown, bucket: string): unknown {
  if (error instanceof MigrationError) return error;
  const known = dumpErrorOf(error, bucket);
  if (known instanceof FatalError) return new DumpError('FILE_UNREADABLE', known.message);
  if (known instanceof DumpError)
    return new DumpError(known.outcome, `the bucket ${bucket} cannot be listed (${detailOf(error)})`);
  return known;
}

/** The name of an error, or the code of a broken connection: nothing that names an object. */
export function detailOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && nameOf(error) === 'Error' ? code : nameOf(error);
}

function unusable(message: string): FatalError {
  return new FatalError('DUMP_UNREADABLE', message);
}
