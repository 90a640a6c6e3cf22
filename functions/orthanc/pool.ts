import type { Dispatcher } from 'undici';
import request from 'undici/lib/api/api-request.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Authorization, Endpoint } from '../core/endpoint.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Orthanc closes an idle connection after its KeepAliveTimeout, 1 s by default: be earlier, or requests run into the closing. */
const IDLE_MS = 700;
const ORTHANC_IDLE_MS = 1_000;

/** Longest wait for the headers, and between two pieces of the body, milliseconds. */
export const ANSWER_TIMEOUT_MS = 60_000;

/** A pool of HTTP/1.1 connections to one endpoint. It must be closed by its owner. */
export function openPool(endpoint: Endpoint, connections: number): Pool {
  return new Pool(endpoint.url.origin, {
    connections,
    allowH2: false,
    connect: { ...endpoint.tls, timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
    keepAliveTimeout: IDLE_MS,
    // Orthanc announces `Keep-Alive: timeout=1`. With the default threshold of 1 s undici would drop each connection at once.
    keepAliveTimeoutThreshold: ORTHANC_IDLE_MS - IDLE_MS,
    keepAliveMaxTimeout: IDLE_MS,
  });
}

/** Asks one question. Raises what undici raises. */
export function ask(pool: Pool, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
  return request.call(pool, options);
}

/** The path of a request, below the endpoint's base path: `instances/…` becomes `/orthanc/instances/…`. */
export function pathBelow(endpoint: Endpoint, path: string): string {
  const base = endpoint.url.pathname;
  return `${base.endsWith('/') ? base : `${base}/`}${path}`;
}

/** Headers that authorise a request; empty for an open server. */
export function authorizationHeaders(authorization: Authorization | undefined): Record<string, string> {
  switch (authorization?.kind) {
    case undefined:
      return {};
    case 'basic': {
      const credentials = `${authorization.username}:${authorization.password}`;
      return { authorization: `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}` };
    }
    case 'header':
      return { [authorization.name]: authorization.value };
  }
}
