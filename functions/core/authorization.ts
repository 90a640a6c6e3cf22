import type { Authorization } from './endpoint.ts';
import { UsageError } from './errors.ts';

/** @param where what holds the credentials, for the error. Raises `UsageError`, whose text holds no credential. */
export function basicAuthorization(username: string, password: string, where: string): Authorization {
  if (username.includes(':'))
    throw new UsageError(`${where}: HTTP Basic authentication allows no colon in a user name`);
  return { kind: 'basic', username, password };
}

/**
 * A token goes as it is into the header named, or as a bearer token into `Authorization`.
 * @param where what holds the token, for the error. Raises `UsageError`, whose text holds no credential.
 */
export function tokenAuthorization(token: string, header: string | undefined, where: string): Authorization {
  const name = header ?? 'Authorization';
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw new UsageError(`${where}: the name of the token header is not valid`);
  if (!/^[\x20-\x7e]+$/.test(token)) throw new UsageError(`${where}: the token holds line breaks or other than ASCII`);
  return { kind: 'header', name, value: header === undefined ? `Bearer ${token}` : token };
}

/** Raises `UsageError` for what TLS could not use. @param where what holds the PEM text, for the error. */
export function checkPem(text: string, where: string): void {
  if (!text.includes('-----BEGIN ')) throw new UsageError(`${where} is not a PEM file`);
  if (text.includes('ENCRYPTED')) throw new UsageError(`${where} is encrypted: decrypt it with openssl pkey`);
}
