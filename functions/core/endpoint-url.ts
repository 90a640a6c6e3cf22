import { UsageError } from './errors.ts';
import type { EndpointName } from './ids.ts';

export interface EndpointUrl {
  /** The canonical URL without user info. */
  readonly name: EndpointName;
  readonly url: URL;
  readonly username?: string;
  readonly password?: string;
}

/** Parses the base URL of an Orthanc server. Raises `UsageError`, whose text never holds user info. */
export function parseEndpointUrl(text: string): EndpointUrl {
  const given = text.trim();
  checkScheme(given);
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || url.hostname === '') throw invalid(given, `write it as http://host:8042/. ${ENCODE}`);
  // A password with an unencoded / ? or # ends up behind the host: refused before it can show up in a name.
  if (/@/.test(url.pathname)) throw invalid(given, `there is an @ behind the host. ${ENCODE}`);
  if (url.search !== '' || url.hash !== '') throw invalid(given, `leave out what begins with ? or #. ${ENCODE}`);
  const username = decode(url.username, given);
  const password = decode(url.password, given);
  if (username.includes(':')) throw invalid(given, 'HTTP Basic authentication allows no colon in a user name');
  url.username = '';
  url.password = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  const name = url.href as EndpointName;
  return username === '' && password === '' ? { name, url } : { name, url, username, password };
}

const ENCODE =
  'In user names and passwords, and for an @ in a path, special characters are percent-encoded: @ is %40, / is %2F, : is %3A';

/** A URL for a message: what is or might be user info is masked, even when the text cannot be parsed. */
export function maskUrl(text: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(text)?.[0] ?? '';
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const place = rest.slice(at + 1).replace(/[?#].*$/s, '?***');
  const plain = /^(\[[0-9a-f:.]+\]|[^:/\\]*)(:\d{0,5})?(\/[^:]*)?$/i.test(place);
  return `${scheme}${at < 0 ? '' : '***@'}${plain ? place : '***'}`;
}

function checkScheme(text: string): void {
  if (/^https?:\/\//i.test(text)) return;
  const other = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1];
  if (other !== undefined) throw invalid(text, `only http:// and https:// are known, not ${other}://`);
  throw invalid(text, `it has no scheme: write http://${maskUrl(text)} or https://${maskUrl(text)}`);
}

/** As Replicate.py does: a percent sign that begins no encoded character stands for itself. */
function decode(userInfo: string, text: string): string {
  try {
    return userInfo.replace(/(%[0-9a-f]{2})+/gi, (encoded) => decodeURIComponent(encoded));
  } catch {
    // Without the cause, whose text may quote it.
    throw invalid(text, 'its user info is not percent-encoded UTF-8');
  }
}

function invalid(text: string, why: string): UsageError {
  return new UsageError(`URL ${JSON.stringify(maskUrl(text))} cannot be used: ${why}`);
}
