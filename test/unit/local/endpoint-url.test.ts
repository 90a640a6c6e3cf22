import { describe, expect, test } from '@jest/globals';
import { parseEndpoint } from '../../../cli/local/endpoints.ts';
import { maskUrl } from '../../../functions/core/endpoint-url.ts';
import { refusal } from './refusal.ts';

const parse = (text: string) => parseEndpoint(text, { side: 'source', env: {} });

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
