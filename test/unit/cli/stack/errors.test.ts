import { expect, test } from '@jest/globals';
import { isPassing, stackError } from '../../../../cli/stack/errors.ts';
import { FatalError, UsageError } from '../../../../functions/core/errors.ts';

const told = (error: unknown, region: string | undefined = 'eu-west-1') => stackError(error, 'archive', region);

test.each([
  [{ name: 'ResourceNotFoundException' }, UsageError, /there is no stack archive in eu-west-1/],
  [{ name: 'AccessDeniedException' }, FatalError, /lambda:InvokeFunction on the function archive-supervise/],
  [{ name: 'CredentialsProviderError' }, FatalError, /no valid AWS credentials/],
  [{ name: 'ExpiredTokenException' }, FatalError, /no valid AWS credentials \(ExpiredTokenException\)/],
  [{ name: 'Error', code: 'ENOTFOUND' }, FatalError, /cannot be reached \(ENOTFOUND\)/],
  [{ name: 'TooManyRequestsException' }, FatalError, /is busy/],
  [{ name: 'KMSDisabledException', message: 'the key\nis off' }, FatalError, /KMSDisabledException: the key is off/],
  [undefined, FatalError, /unknown error/],
])('GIVEN %j THEN one line says what to do', (error, kind, message) => {
  expect(told(error)).toBeInstanceOf(kind);
  expect(told(error).message).toMatch(message);
  expect(told(error).message).not.toContain('\n');
});

test('GIVEN no region THEN that is what is wrong, whatever the error', () => {
  expect(stackError({ name: 'Error' }, 'archive', undefined)).toMatchObject({ code: 'USAGE' });
});

test('GIVEN an error THEN only being busy or out of reach may pass', () => {
  expect([{ name: 'TimeoutError' }, { name: 'ServiceException' }].map((error) => isPassing(told(error)))).toEqual([
    true,
    true,
  ]);
  expect([{ name: 'AccessDeniedException' }, { name: 'X' }].map((error) => isPassing(told(error)))).toEqual([
    false,
    false,
  ]);
});
