import type { HttpAnswer } from '../core/answer.ts';

/** More than any error of Orthanc needs; a body beyond that is somebody else's. */
export const MAX_ERROR_BODY_BYTES = 64 * 1024;

/**
 * Orthanc never describes a 405 (seen on 1.10.1 and 1.13.0), and that is how a read-only server answers a POST: taking an empty one
 * for its own names the right gate, and both gates wait.
 */
const METHOD_NOT_ALLOWED = 405;

/** Statuses that only something in front of a server gives; Orthanc maps none of its error codes to them. */
const GATEWAY_ONLY: ReadonlySet<number> = new Set([502, 504]);

/**
 * Tells Orthanc's own error answers from those of a gateway in front of it. Orthanc describes its errors by a JSON body with
 * `OrthancError`, `OrthancStatus` and `HttpStatus`. A server with `"HttpDescribeErrors": false` sends no body at all; then, and
 * only then (`undescribedErrors`), an empty body is taken as its own. A resource's own route (`/instances/{id}`, `/studies/{id}`)
 * answers 404 without a body even where errors are described: ask one of its sub-routes (`/instances/{id}/metadata`) instead.
 *
 * @param contentType is not decisive: proxies rewrite it.
 */
export function recogniseError(
  status: number,
  contentType: string | undefined,
  body: Uint8Array,
  undescribedErrors: boolean,
): HttpAnswer {
  if (body.length === 0) {
    return { status, orthanc: status === METHOD_NOT_ALLOWED || (undescribedErrors && !GATEWAY_ONLY.has(status)) };
  }
  if (body.length > MAX_ERROR_BODY_BYTES || contentType?.toLowerCase().includes('html')) {
    return { status, orthanc: false };
  }
  const described = parseDescription(body);
  if (described === undefined || described.httpStatus !== status) return { status, orthanc: false };
  return { status, orthanc: true, orthancStatus: described.orthancStatus };
}

function parseDescription(body: Uint8Array): { httpStatus: number; orthancStatus: number } | undefined {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null) return undefined;
  const { HttpStatus, OrthancStatus, OrthancError } = json as Record<string, unknown>;
  if (typeof HttpStatus !== 'number' || typeof OrthancStatus !== 'number') return undefined;
  return typeof OrthancError === 'string' ? { httpStatus: HttpStatus, orthancStatus: OrthancStatus } : undefined;
}
