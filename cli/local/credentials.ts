import { readFileSync, statSync } from 'node:fs';
import * as z from 'zod';
import type { Side } from '../../functions/core/answer.ts';
import { basicAuthorization, tokenAuthorization } from '../../functions/core/authorization.ts';
import type { Authorization } from '../../functions/core/endpoint.ts';
import { maskUrl, parseEndpointUrl } from '../../functions/core/endpoint-url.ts';
import { UsageError } from '../../functions/core/errors.ts';
import type { EndpointName } from '../../functions/core/ids.ts';
import { systemCode } from './state-error.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

const entry = z.union([
  z.strictObject({ username: z.string().min(1), password: z.string() }),
  z.strictObject({ token: z.string().min(1), header: z.string().optional() }),
]);
const file = z.record(z.string(), entry);

/** Credentials of one side from ORTHANC_MIGRATE_SOURCE_… or ORTHANC_MIGRATE_TARGET_… variables. Raises `UsageError`. */
export function authorizationOfEnvironment(side: Side, env: Environment): Authorization | undefined {
  const variable = (suffix: string) => `ORTHANC_MIGRATE_${side.toUpperCase()}_${suffix}`;
  const [username, password, token, header] = ['USERNAME', 'PASSWORD', 'TOKEN', 'TOKEN_HEADER'].map(
    // An empty variable is the usual way to take one away.
    (suffix) => env[variable(suffix)] || undefined,
  );
  const basic = username !== undefined || password !== undefined;
  if (token !== undefined && basic)
    throw new UsageError(`set either ${variable('TOKEN')} or ${variable('USERNAME')}, not both`);
  if (token !== undefined) return tokenAuthorization(token, header, variable('TOKEN'));
  if (header !== undefined) throw new UsageError(`${variable('TOKEN_HEADER')} is set, but ${variable('TOKEN')} is not`);
  if (!basic) return undefined;
  if (username === undefined || password === undefined)
    throw new UsageError(`set both ${variable('USERNAME')} and ${variable('PASSWORD')}, or none of them`);
  return basicAuthorization(username, password, variable('USERNAME'));
}

/** What a credentials file says of an endpoint. Raises `UsageError`, whose text never quotes the file. */
export function authorizationOfFile(path: string, name: EndpointName): Authorization | undefined {
  for (const [url, value] of Object.entries(readCredentials(path))) {
    const known = parseEndpointUrl(url);
    if (known.username !== undefined)
      throw new UsageError(`credentials file ${path}: ${maskUrl(url)} holds user info; put it into the fields`);
    if (known.name !== name) continue;
    const where = `credentials file ${path}, ${name}`;
    if ('token' in value) return tokenAuthorization(value.token, value.header, where);
    return basicAuthorization(value.username, value.password, where);
  }
  return undefined;
}

function readCredentials(path: string): z.infer<typeof file> {
  const parsed = file.safeParse(parseJson(path, readPrivate(path)));
  if (parsed.success) return parsed.data;
  const urls = parsed.error.issues.map(({ path: [url] }) => (typeof url === 'string' ? maskUrl(url) : 'the file'));
  const form = '{"http://host:8042/": {"username": "…", "password": "…"}} or {"token": "…", "header": "…"}';
  throw new UsageError(`credentials file ${path}: not as expected at ${[...new Set(urls)].join(', ')}; write ${form}`);
}

function readPrivate(path: string): string {
  try {
    // Windows has no such permissions.
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
      throw new UsageError(`credentials file ${path} is open to others than you: chmod 600 ${path}`);
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`credentials file ${path} cannot be read (${systemCode(error) ?? 'unknown error'})`);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text around the error.
    throw new UsageError(`credentials file ${path} is not valid JSON`);
  }
}
