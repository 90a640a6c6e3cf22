import { readFileSync } from 'node:fs';
import type { Side } from '../../functions/core/answer.ts';
import { basicAuthorization, checkPem } from '../../functions/core/authorization.ts';
import type { Authorization, Endpoint, TlsMaterial } from '../../functions/core/endpoint.ts';
import { type EndpointUrl, parseEndpointUrl } from '../../functions/core/endpoint-url.ts';
import { MigrationError, UsageError } from '../../functions/core/errors.ts';
import type { EndpointName } from '../../functions/core/ids.ts';
import type { Endpoints } from '../../functions/core/ports.ts';
import { authorizationOfEnvironment, authorizationOfFile, type Environment } from './credentials.ts';
import { systemCode } from './state-error.ts';

/** Where credentials and TLS files come from, beside the URL. */
export interface EndpointSources {
  readonly side: Side;
  readonly env: Environment;
  readonly credentialsFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/**
 * The server that a URL names. Credentials are those of the URL, else of the environment, else of the credentials file.
 * Raises `UsageError`, whose text holds no credential.
 */
export function parseEndpoint(text: string, sources: EndpointSources): Endpoint {
  const parsed = parseEndpointUrl(text);
  const authorization = authorizationOf(parsed, sources);
  const tls = parsed.url.protocol === 'https:' ? tlsOf(sources) : undefined;
  const { name, url } = parsed;
  return { name, url, ...(authorization && { authorization }), ...(tls && { tls }) };
}

function authorizationOf(parsed: EndpointUrl, sources: EndpointSources): Authorization | undefined {
  if (parsed.username !== undefined)
    return basicAuthorization(parsed.username, parsed.password ?? '', `URL ${parsed.name}`);
  const { side, env, credentialsFile } = sources;
  const found = authorizationOfEnvironment(side, env);
  if (found || credentialsFile === undefined) return found;
  return authorizationOfFile(credentialsFile, parsed.name);
}

function tlsOf({ caFile, certFile, keyFile }: EndpointSources): TlsMaterial | undefined {
  if ((certFile === undefined) !== (keyFile === undefined))
    throw new UsageError('give both --cert-file and --key-file, or none of them');
  if (caFile === undefined && certFile === undefined) return undefined;
  return {
    ...(caFile !== undefined && { ca: readPem('--ca-file', caFile) }),
    ...(certFile !== undefined && { cert: readPem('--cert-file', certFile) }),
    ...(keyFile !== undefined && { key: readPem('--key-file', keyFile) }),
  };
}

function readPem(option: string, path: string): string {
  const text = read(option, path);
  checkPem(text, `${option} ${path}`);
  return text;
}

function read(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${path} cannot be read (${systemCode(error) ?? 'unknown error'})`);
  }
}

/** The endpoints of one run. */
export class MemoryEndpoints implements Endpoints {
  readonly #known: ReadonlyMap<EndpointName, Endpoint>;

  constructor(endpoints: Iterable<Endpoint>) {
    this.#known = new Map([...endpoints].map((endpoint) => [endpoint.name, endpoint]));
  }

  async endpoint(name: EndpointName): Promise<Endpoint> {
    const known = this.#known.get(name);
    if (known) return known;
    throw new MigrationError('UNKNOWN_ENDPOINT', `nothing is known of ${name}; give its URL on the command line`);
  }
}
