import { describe, expect, test } from '@jest/globals';
import { endpointOfSecret } from '../../../../functions/aws/secrets/endpoint-secret.ts';
import type { EndpointName } from '../../../../functions/core/ids.ts';
import { refusal } from '../../local/refusal.ts';

const NAME = 'pacs' as EndpointName;
const PEM = '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n';
const parse = (secret: unknown, url?: string) =>
  endpointOfSecret(NAME, typeof secret === 'string' ? secret : JSON.stringify(secret), url);

describe('shapes of a secret', () => {
  test.each([
    [
      { url: 'https://pacs', username: 'alice', password: '' },
      { kind: 'basic', username: 'alice', password: '' },
    ],
    [
      { url: 'https://pacs/', token: 't' },
      { kind: 'header', name: 'Authorization', value: 'Bearer t' },
    ],
    [
      { url: 'https://pacs/', token: 't', header: 'auth-token' },
      { kind: 'header', name: 'auth-token', value: 't' },
    ],
    [{ url: 'https://pacs/' }, undefined],
  ])('%j', (secret, authorization) => {
    const { name, url, ...rest } = parse(secret);
    expect([name, url.href]).toEqual(['pacs', 'https://pacs/']);
    expect(rest).toEqual(authorization ? { authorization } : {});
  });

  test('the only user of a map of users, as in the AWS sample deployment of Orthanc', () => {
    expect(parse({ admin: 's3cret' }, 'http://orthanc:8042')).toEqual({
      name: 'pacs',
      url: new URL('http://orthanc:8042/'),
      authorization: { kind: 'basic', username: 'admin', password: 's3cret' },
    });
  });

  test('a URL of the configuration wins', () => {
    expect(parse({ url: 'https://old/', token: 't' }, 'https://new/base').url.href).toBe('https://new/base/');
  });

  test('TLS material', () => {
    const tls = { ca: PEM, cert: PEM, key: PEM };
    expect(parse({ url: 'https://pacs/', ...tls }).tls).toEqual(tls);
    expect(parse({ url: 'https://pacs/', token: 't', ca: PEM }).tls).toEqual({ ca: PEM });
  });
});

describe('what is refused, without a word of the secret', () => {
  const expected = /write \{"url": "https:\/\/…"/;
  test.each<[string, unknown, RegExp]>([
    ['no JSON', 'pass s3cret', /not valid JSON/],
    ['no object', '"s3cret"', expected],
    ['nothing', {}, /neither .* holds a URL/],
    ['no URL', { username: 's3cret', password: 's3cret' }, /neither .* holds a URL/],
    ['no password', { url: 'https://h/', username: 's3cret' }, expected],
    ['two users', { s3cret1: 's3cret', s3cret2: 's3cret' }, expected],
    ['two kinds', { url: 'https://h/', token: 's3cret', username: 's3cret', password: 's3cret' }, expected],
    ['a slip of the pen', { url: 'https://h/', tokn: 's3cret' }, expected],
    ['user info in the URL', { url: 'https://u:s3cret@h/' }, /holds user info/],
    ['no base URL', { url: 'ftp://u:s3cret@h/', token: 't' }, /no base URL/],
    ['something else than a URL', { url: 's3cret', token: 't' }, /no base URL/],
    ['a colon', { url: 'https://h/', username: 's3cret:', password: 'p' }, /colon/],
    ['line breaks', { url: 'https://h/', token: 's3cret\r\n' }, /line breaks/],
    ['a header that is none', { url: 'https://h/', token: 's3cret', header: 'a b' }, /name of the token header/],
    ['TLS without TLS', { url: 'http://h/', ca: PEM }, /not https/],
    ['a certificate alone', { url: 'https://h/', cert: PEM }, /both "cert" and "key"/],
    ['no PEM', { url: 'https://h/', ca: 's3cret' }, /"ca" is not a PEM/],
    ['an encrypted key', { url: 'https://h/', cert: PEM, key: '-----BEGIN ENCRYPTED s3cret' }, /"key" is encrypted/],
  ])('%s', (_what, secret, message) => {
    const said = refusal(() => parse(secret));
    expect(said).toMatch(message);
    expect(said).toContain('endpoint pacs');
    expect(said).not.toContain('s3cret');
  });

  test('fields of one name are no user', () => {
    for (const field of ['username', 'password', 'header', 'ca'])
      expect(refusal(() => parse({ [field]: 's3cret' }, 'https://h/'))).toMatch(/write \{|not a PEM/);
  });
});
