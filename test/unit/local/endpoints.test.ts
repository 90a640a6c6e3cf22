import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { maskUrl } from '../../../cli/local/endpoint-url.ts';
import { type EndpointSources, MemoryEndpoints, parseEndpoint } from '../../../cli/local/endpoints.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { temporaryDirectories } from './temporary.ts';

const directory = temporaryDirectories();
const SOURCE: EndpointSources = { side: 'source', env: {} };
const parse = (text: string, sources: Partial<EndpointSources> = {}) => parseEndpoint(text, { ...SOURCE, ...sources });

function fileOf(content: string, mode = 0o600): string {
  const path = join(directory(), 'file');
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toMatchObject({ code: 'USAGE', name: 'UsageError' });
    expect(error).not.toHaveProperty('cause');
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was not refused');
}

describe('names', () => {
  test.each([
    ['http://host:8042', 'http://host:8042/'],
    ['HTTP://HOST:8042/', 'http://host:8042/'],
    ['http://Host:80/Orthanc', 'http://host/Orthanc/'],
    ['https://host:443/a/b/', 'https://host/a/b/'],
    ['https://host:8443', 'https://host:8443/'],
    ['http://[::1]:8042/', 'http://[::1]:8042/'],
    ['  http://host:8042/\n', 'http://host:8042/'],
    ['http://user:p%40ss@host:8042/base%20path', 'http://host:8042/base%20path/'],
  ])('%j is %s', (text, name) => {
    const endpoint = parse(text);
    expect(endpoint.name).toBe(name);
    expect(endpoint.url.href).toBe(name);
  });
});

describe('user info', () => {
  test.each([
    ['http://user:p%40ss@host/', 'user', 'p@ss'],
    ['http://user:p@ss@host/', 'user', 'p@ss'],
    ['http://a%20b:%3A%2F%3F%23%25@host/', 'a b', ':/?#%'],
    ['http://us%C3%A9r:p%C3%A4ss@host/', 'usér', 'päss'],
    ['http://usér:100%@host/', 'usér', '100%'],
    ['http://user@host/', 'user', ''],
    ['http://user:a:b@host/', 'user', 'a:b'],
  ])('%s', (text, username, password) => {
    expect(parse(text).authorization).toEqual({ kind: 'basic', username, password });
  });

  test('none', () => {
    expect(parse('http://host/')).not.toHaveProperty('authorization');
  });
});

describe('what cannot be used is refused without quoting a secret', () => {
  test.each([
    ['host:8042', /no scheme: write http:\/\/host:8042/],
    ['localhost', /no scheme/],
    ['', /no scheme/],
    ['jdoe:s3cret@host:8042', /no scheme: write http:\/\/\*\*\*@host:8042/],
    ['http:jdoe:s3cret@host', /no scheme/],
    ['ftp://jdoe:s3cret@host/', /only http:\/\/ and https:\/\/ are known, not ftp/],
    ['http://', /write it as/],
    ['http://jdoe:s3cret@', /write it as/],
    ['http://jdoe:s3cret', /write it as/],
    ['http://jdoe:s3/cret@host:8042/', /percent-encoded/],
    ['http://jdoe:12/s3cret@host:8042/', /percent-encoded/],
    ['http://jdoe:12?s3cret@host:8042/', /percent-encoded/],
    ['http://jdoe:12#s3cret@host:8042/', /percent-encoded/],
    ['http://jdoe:s3#cret@host:8042/', /percent-encoded/],
    ['http://jd\\oe:s3cret@host:8042/', /percent-encoded/],
    ['http://jdoe:s3cret@host:port/', /write it as/],
    ['http://jdoe:s3cret@ho st/', /write it as/],
    ['http://host/?token=s3cret', /leave out/],
    ['http://jdoe:s3cret%E4@host/', /UTF-8/],
    ['http://jd%3Aoe:s3cret@host/', /colon/],
  ])('%s', (text, message) => {
    const said = refusal(() => parse(text));
    expect(said).toMatch(message);
    expect(said).not.toMatch(/s3|cret\b|jd(\\|%3A)?oe/);
    expect(said).not.toContain('\n');
  });

  test('a mask keeps what is no user info', () => {
    expect(maskUrl('http://u:p@host:8042/base/')).toBe('http://***@host:8042/base/');
    expect(maskUrl('http://host:8042/base/')).toBe('http://host:8042/base/');
    expect(maskUrl('http://[::1]:8042')).toBe('http://[::1]:8042');
    expect(maskUrl('http://u:p')).toBe('http://***');
  });
});

describe('environment', () => {
  const env = {
    ORTHANC_MIGRATE_SOURCE_USERNAME: 'alice',
    ORTHANC_MIGRATE_SOURCE_PASSWORD: 's3cret',
    ORTHANC_MIGRATE_TARGET_TOKEN: 't0ken',
    ORTHANC_MIGRATE_TARGET_TOKEN_HEADER: 'auth-token',
  };

  test('credentials of each side', () => {
    expect(parse('http://h/', { env }).authorization).toEqual({ kind: 'basic', username: 'alice', password: 's3cret' });
    expect(parse('http://h/', { env, side: 'target' }).authorization).toEqual({
      kind: 'header',
      name: 'auth-token',
      value: 't0ken',
    });
    expect(parse('http://h/', { env: { ORTHANC_MIGRATE_SOURCE_TOKEN: 't0ken' } }).authorization).toEqual({
      kind: 'header',
      name: 'Authorization',
      value: 'Bearer t0ken',
    });
  });

  test('those of the URL come first', () => {
    expect(parse('http://bob:b@h/', { env }).authorization).toMatchObject({ username: 'bob' });
  });

  test.each([
    [{ USERNAME: 'alice' }, /set both ORTHANC_MIGRATE_SOURCE_USERNAME and ORTHANC_MIGRATE_SOURCE_PASSWORD/],
    [{ PASSWORD: 's3cret', USERNAME: '' }, /set both/],
    [{ USERNAME: 'alice', PASSWORD: 's3cret', TOKEN: 't0ken' }, /either/],
    [{ TOKEN_HEADER: 'x' }, /TOKEN is not/],
    [{ TOKEN: 't0ken\r\nX: y' }, /line breaks/],
    [{ TOKEN: 't0ken', TOKEN_HEADER: 'a: b' }, /name of the token header/],
    [{ USERNAME: 'al:ice', PASSWORD: 's3cret' }, /colon/],
  ])('%j is refused', (variables, message) => {
    const prefixed = Object.entries(variables).map(([name, value]) => [`ORTHANC_MIGRATE_SOURCE_${name}`, value]);
    const said = refusal(() => parse('http://h/', { env: Object.fromEntries(prefixed) }));
    expect(said).toMatch(message);
    expect(said).not.toMatch(/s3cret|t0ken|al:ice/);
  });
});

describe('credentials file', () => {
  const content = JSON.stringify({
    'HTTP://A:80': { username: 'alice', password: '' },
    'https://b/': { token: 't0ken', header: 'auth-token' },
  });

  test('is looked up by the canonical URL', () => {
    const credentialsFile = fileOf(content);
    expect(parse('http://a/', { credentialsFile }).authorization).toMatchObject({ username: 'alice', password: '' });
    expect(parse('https://b', { credentialsFile }).authorization).toMatchObject({ name: 'auth-token', value: 't0ken' });
    expect(parse('http://c/', { credentialsFile })).not.toHaveProperty('authorization');
  });

  test('is refused when others can read it', () => {
    const credentialsFile = fileOf(content, 0o640);
    expect(refusal(() => parse('http://a/', { credentialsFile }))).toMatch(/open to others than you: chmod 600/);
  });

  test.each([
    ['{"http://a/": {"username": "alice", "password": s3cret}}', /not valid JSON/],
    ['{"http://a/": {"username": "alice", "pass": "s3cret"}}', /not as expected at http:\/\/a\//],
    ['{"http://alice:s3cret@a/": {"username": "alice"}}', /not as expected at http:\/\/\*\*\*@a\//],
    ['{"http://alice:s3cret@a/": {"username": "alice", "password": ""}}', /holds user info/],
    ['["s3cret"]', /not as expected at the file/],
  ])('%s is refused', (text, message) => {
    const said = refusal(() => parse('http://a/', { credentialsFile: fileOf(text) }));
    expect(said).toMatch(message);
    expect(said).not.toContain('s3cret');
  });

  test('must exist', () => {
    expect(refusal(() => parse('http://a/', { credentialsFile: '/none/such' }))).toMatch(/cannot be read \(ENOENT\)/);
  });
});

describe('TLS files', () => {
  const pem = (kind: string) => fileOf(`-----BEGIN ${kind}-----\nx\n-----END ${kind}-----\n`);

  test('are read for https alone', () => {
    const files = { caFile: pem('CERTIFICATE'), certFile: pem('CERTIFICATE'), keyFile: pem('PRIVATE KEY') };
    expect(parse('https://h/', files).tls).toMatchObject({ key: expect.stringContaining('PRIVATE KEY') });
    expect(parse('https://h/', { caFile: files.caFile }).tls).toEqual({ ca: expect.any(String) });
    expect(parse('http://h/', files)).not.toHaveProperty('tls');
    expect(parse('https://h/')).not.toHaveProperty('tls');
  });

  test('that cannot be used are refused', () => {
    const tls = (files: Partial<EndpointSources>) => refusal(() => parse('https://h/', files));
    expect(tls({ caFile: '/none' })).toBe('--ca-file /none cannot be read (ENOENT)');
    expect(tls({ caFile: fileOf('x') })).toMatch(/is not a PEM file/);
    expect(tls({ certFile: pem('CERTIFICATE') })).toMatch(/both --cert-file and --key-file/);
    expect(tls({ certFile: pem('CERTIFICATE'), keyFile: pem('ENCRYPTED PRIVATE KEY') })).toMatch(/is encrypted/);
  });
});

test('endpoints are found by their name', async () => {
  const endpoint = parse('http://user:pw@host/');
  const endpoints = new MemoryEndpoints([endpoint]);
  expect(await endpoints.endpoint(endpoint.name)).toBe(endpoint);
  await expect(endpoints.endpoint('http://other/' as EndpointName)).rejects.toMatchObject({ code: 'UNKNOWN_ENDPOINT' });
});
