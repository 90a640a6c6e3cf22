/** Answers that servers and the gateways in front of them give. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** An error as Orthanc itself describes it; the status is of its ErrorCode enumeration. */
export function orthancError(httpStatus: number, orthancStatus: number, message = 'An error'): Answer {
  const body = {
    HttpError: String(httpStatus),
    HttpStatus: httpStatus,
    Message: message,
    Method: 'POST',
    OrthancError: message,
    OrthancStatus: orthancStatus,
    Uri: '/instances',
  };
  return {
    status: httpStatus,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body, undefined, '\t'),
  };
}

export function html(status: number, title: string): Answer {
  const body = `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>nginx/1.24.0</center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html', server: 'nginx/1.24.0' }, body };
}

export const ANSWERS = {
  badFile: orthancError(400, 15, 'Bad file format'),
  missingUid: orthancError(404, 21, 'Inexistent tag'),
  busy: orthancError(503, 42, 'Database is unavailable'),
  full: orthancError(507, 19, 'The file storage is full'),
  fullOld: orthancError(500, 19, 'The file storage is full'),
  diskFull: orthancError(500, 14, 'Cannot write to file'),
  sqliteFull: orthancError(500, 1009, 'SQLite: Unable to run'),
  sourceFileMissing: orthancError(500, 2006, 'Filesystem failure'),
  internal: orthancError(500, 1, 'Internal error'),
  readOnly: orthancError(405, 58, 'Read-only'),
  tooLarge: orthancError(413, 3, 'Too large'),
  unavailable: {
    status: 503,
    headers: { 'content-type': 'application/json', 'retry-after': '1' },
    body: '{"message":"Service Unavailable"}',
  },
  tooMany: { status: 429, headers: { 'content-type': 'application/json' }, body: '{"message":"Too Many Requests"}' },
  unauthorized: { status: 401, headers: { 'www-authenticate': 'Basic realm="Orthanc Secure Area"' }, body: '' },
  badGateway: html(502, 'Bad Gateway'),
  gatewayTimeout: html(504, 'Gateway Time-out'),
  gatewayTooLarge: html(413, 'Request Entity Too Large'),
  gatewayNotFound: html(404, 'Not Found'),
} as const satisfies Record<string, Answer>;
