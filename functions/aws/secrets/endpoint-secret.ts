import * as z from 'zod';
import { basicAuthorization, checkPem, tokenAuthorization } from '../../core/authorization.ts';
import type { Authorization, Endpoint, TlsMaterial } from '../../core/endpoint.ts';
import { type EndpointUrl, parseEndpointUrl } from '../../core/endpoint-url.ts';
import { UsageError } from '../../core/errors.ts';
import type { EndpointName } from '../../core/ids.ts';

const text = z.string().min(1);
const place = { url: text.optional(), ca: text.optional(), cert: text.optional(), key: text.optional() };
const fields = z.union([
  z.strictObject({ ...place, username: text, password: z.string() }),
  z.strictObject({ ...place, token: text, header: text.optional() }),
  // A server that asks for no credentials.
  z.strictObject(place),
]);
type Fields = z.infer<typeof fields>;

/** Names that a field may have: none of them is a user's in the map of one user. */
const FIELD_NAMES = new Set(['url', 'ca', 'cert', 'key', 'username', 'password', 'token', 'header']);
/** The registered users of Orthanc in the AWS sample deployment: user name → password. */
const userMap = z.record(z.string().min(1), z.string()).refine((users) => {
  const [name, ...others] = Object.keys(users);
  return name !== undefined && others.length === 0 && !FIELD_NAMES.has(name);
});

const EXPECTED =
  'write {"url": "https://…", "username": "…", "password": "…"}, {"url": "…", "token": "…", "header": "…"}, or {"<user>": "<password>"} ' +
  'with the URL in the configuration; "ca", "cert" and "key" may hold PEM texts';

/**
 * The endpoint that a secret describes; a URL of the configuration wins over that of the secret. Raises `UsageError`, whose text
 * names the endpoint and what is expected, and never quotes the secret.
 */
export function endpointOfSecret(name: EndpointName, secret: string, configuredUrl: string | undefined): Endpoint {
  const where = `the secret of endpoint ${name}`;
  const found = fieldsOf(secret, where);
  const url = urlOf(configuredUrl ?? found.url, where);
  const authorization = authorizationOf(found, where);
  const tls = tlsOf(found, url, where);
  return { name, url, ...(authorization && { authorization }), ...(tls && { tls }) };
}

function fieldsOf(secret: string, where: string): Fields {
  const value = parseJson(secret, where);
  const users = userMap.safeParse(value);
  const [user] = users.success ? Object.entries(users.data) : [];
  if (user) return { username: user[0], password: user[1] };
  const parsed = fields.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${where} is not as expected: ${EXPECTED}`);
}

function parseJson(secret: string, where: string): unknown {
  try {
    return JSON.parse(secret);
  } catch {
    // The parser's own message quotes the text around the error.
    throw new UsageError(`${where} is not valid JSON: ${EXPECTED}`);
  }
}

function urlOf(url: string | undefined, where: string): URL {
  if (url === undefined) throw new UsageError(`neither ${where} nor its configuration holds a URL: ${EXPECTED}`);
  const parsed = parseUrl(url, where);
  if (parsed.username === undefined) return parsed.url;
  throw new UsageError(`the URL of ${where} holds user info; put it into the fields: ${EXPECTED}`);
}

function parseUrl(url: string, where: string): EndpointUrl {
  try {
    return parseEndpointUrl(url);
  } catch {
    // Not in its own words: they quote the host, which something else may have slipped into.
    throw new UsageError(`the URL of ${where} is no base URL of an Orthanc server: ${EXPECTED}`);
  }
}

function authorizationOf(found: Fields, where: string): Authorization | undefined {
  if ('username' in found) return basicAuthorization(found.username, found.password, where);
  if ('token' in found) return tokenAuthorization(found.token, found.header, where);
  return undefined;
}

function tlsOf({ ca, cert, key }: Fields, url: URL, where: string): TlsMaterial | undefined {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  if (url.protocol !== 'https:')
    throw new UsageError(`${where} holds "ca", "cert" or "key", but the URL is not https://`);
  if ((cert === undefined) !== (key === undefined))
    throw new UsageError(`${where}: give both "cert" and "key", or none of them`);
  const tls = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
  for (const [field, pem] of Object.entries(tls)) checkPem(pem, `${where}: "${field}"`);
  return tls;
}
