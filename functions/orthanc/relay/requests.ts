import type { Endpoint } from '../../core/endpoint.ts';
import { UsageError } from '../../core/errors.ts';
import type { OrthancId } from '../../core/ids.ts';

/** The heads of requests, ready for the wire. */
export interface Requests {
  /** GET of any path below the server's base path. */
  question(path: string): string;
  get(instance: OrthancId): string;
  post(bytes: number): string;
}

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// A line break in a value would be another header; beyond Latin-1 there is no encoding.
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Raises `UsageError` when the authorization cannot be a header. */
export function requestsOf(endpoint: Endpoint): Requests {
  const base = endpoint.url.pathname.endsWith('/') ? endpoint.url.pathname : `${endpoint.url.pathname}/`;
  // Some gateways refuse requests without User-Agent.
  const common = ` HTTP/1.1\r\nHost: ${endpoint.url.host}\r\nUser-Agent: orthanc-migrate\r\n${authorizationLine(endpoint)}`;
  const postHead = `POST ${base}instances${common}Content-Type: application/dicom\r\nAccept-Encoding: identity\r\nContent-Length: `;
  // A compressed file would be counted and hashed as something else than it is.
  const getTail = `/file${common}Accept-Encoding: identity\r\n\r\n`;
  return {
    question: (path) => `GET ${base}${path}${common}Accept: application/json\r\nAccept-Encoding: identity\r\n\r\n`,
    get: (instance) => `GET ${base}instances/${instance}${getTail}`,
    post: (bytes) => `${postHead}${bytes}\r\n\r\n`,
  };
}

function authorizationLine({ name, authorization }: Endpoint): string {
  if (authorization === undefined) return '';
  if (authorization.kind === 'basic') {
    const pair = Buffer.from(`${authorization.username}:${authorization.password}`, 'utf8').toString('base64');
    return `Authorization: Basic ${pair}\r\n`;
  }
  if (!HEADER_NAME.test(authorization.name) || !HEADER_VALUE.test(authorization.value)) {
    throw new UsageError(`the authorization header of ${name} has characters that HTTP does not allow`);
  }
  return `${authorization.name}: ${authorization.value}\r\n`;
}
