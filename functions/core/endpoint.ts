import { MigrationError } from './errors.ts';
import type { EndpointName } from './ids.ts';

/** How requests to one server are authorised. */
export type Authorization =
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'header'; readonly name: string; readonly value: string };

/** An endpoint is configured, but what it is cannot be had at present. */
export class EndpointUnavailable extends MigrationError {
  override readonly name = 'EndpointUnavailable';
  declare readonly code: 'SECRET_UNREADABLE' | 'SECRET_INVALID';

  constructor(code: EndpointUnavailable['code'], message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
  }
}

/** TLS material, PEM encoded. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** All that is needed to talk to one Orthanc server. Lives in memory only: it holds credentials. */
export interface Endpoint {
  readonly name: EndpointName;
  /** Base URL without user info, ending in a slash: `https://host/orthanc/`. */
  readonly url: URL;
  readonly authorization?: Authorization;
  readonly tls?: TlsMaterial;
}
