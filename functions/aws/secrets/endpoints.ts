import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Endpoint, EndpointUnavailable } from '../../core/endpoint.ts';
import { MigrationError, UsageError } from '../../core/errors.ts';
import type { EndpointName } from '../../core/ids.ts';
import type { Clock, Endpoints } from '../../core/ports.ts';
import { endpointOfSecret } from './endpoint-secret.ts';
import { readSecret, type SecretText } from './read-secret.ts';

/** A server in the configuration of a stack. */
export interface ConfiguredEndpoint {
  /** ARN of the secret that holds its credentials. */
  readonly secret: string;
  /** Wins over the one in the secret. */
  readonly url?: string | undefined;
  /** Only a worker on a machine of the user's own reaches it. */
  readonly worker?: boolean | undefined;
}

/** A credential that was renewed is in use this long after, at the latest. Milliseconds. */
const FRESH_MS = 60_000;
const KEPT_AT_MOST = 50;

interface Kept {
  readonly version: string;
  readonly endpoint: Endpoint;
  readonly readAt: number;
}

/**
 * The servers of a stack, with what their secrets hold. As long as a secret keeps its value, `endpoint` gives the same object. Besides
 * `UNKNOWN_ENDPOINT` it raises `EndpointUnavailable`.
 */
export class SecretEndpoints implements Endpoints {
  readonly #client: SecretsManagerClient;
  readonly #clock: Clock;
  readonly #configured: ReadonlyMap<string, ConfiguredEndpoint>;
  readonly #kept = new Map<EndpointName, Kept>();
  readonly #reading = new Map<EndpointName, Promise<Endpoint>>();

  constructor(client: SecretsManagerClient, configured: ReadonlyMap<string, ConfiguredEndpoint>, clock: Clock) {
    this.#client = client;
    this.#configured = configured;
    this.#clock = clock;
  }

  async endpoint(name: EndpointName): Promise<Endpoint> {
    const kept = this.#kept.get(name);
    if (kept && this.#clock.now() - kept.readAt < FRESH_MS) return kept.endpoint;
    const known = this.#reading.get(name);
    if (known) return known;
    const reading = this.#read(name).finally(() => this.#reading.delete(name));
    this.#reading.set(name, reading);
    return reading;
  }

  async #read(name: EndpointName): Promise<Endpoint> {
    const configured = this.#configured.get(name);
    if (!configured) throw this.#unknown(name);
    const readAt = this.#clock.now();
    const { text, version } = await this.#secret(name, configured);
    const before = this.#kept.get(name);
    const endpoint = before?.version === version ? before.endpoint : described(name, text, configured.url);
    this.#keep(name, { version, endpoint, readAt });
    return endpoint;
  }

  async #secret(name: EndpointName, { secret }: ConfiguredEndpoint): Promise<SecretText> {
    try {
      return await readSecret(this.#client, secret, `endpoint ${name}`);
    } catch (error) {
      throw unavailable(error);
    }
  }

  #keep(name: EndpointName, kept: Kept): void {
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_AT_MOST && oldest !== undefined) this.#kept.delete(oldest);
  }

  #unknown(name: EndpointName): MigrationError {
    const known = [...this.#configured.keys()].join(', ') || 'none';
    return new MigrationError('UNKNOWN_ENDPOINT', `no endpoint of this stack is called ${name}; known: ${known}`);
  }
}

function described(name: EndpointName, text: string, url: string | undefined): Endpoint {
  try {
    return endpointOfSecret(name, text, url);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new EndpointUnavailable('SECRET_INVALID', error.message);
  }
}

function unavailable(error: unknown): unknown {
  if (!(error instanceof MigrationError)) return error;
  const code = error.code === 'SECRET_INVALID' ? 'SECRET_INVALID' : 'SECRET_UNREADABLE';
  return new EndpointUnavailable(code, error.message, { cause: error });
}
