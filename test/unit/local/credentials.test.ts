import { describe, expect, test } from '@jest/globals';
import { type EndpointSources, parseEndpoint } from '../../../cli/local/endpoints.ts';
import { refusal } from './refusal.ts';
import { temporaryFiles } from './temporary.ts';

const fileOf = temporaryFiles();
const SOURCE: EndpointSources = { side: 'source', env: {} };
const parse = (text: string, sources: Partial<EndpointSources> = {}) => parseEndpoint(text, { ...SOURCE, ...sources });

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
