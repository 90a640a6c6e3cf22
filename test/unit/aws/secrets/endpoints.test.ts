import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { SecretEndpoints } from '../../../../functions/aws/secrets/endpoints.ts';
import { readStorageKeys } from '../../../../functions/aws/secrets/storage-keys.ts';
import type { EndpointName } from '../../../../functions/core/ids.ts';
import { type InstantClock, instantClock } from '../instant-clock.ts';

const client = new SecretsManagerClient({ region: 'x' });
const secrets = mockClient(client);
const PACS = 'pacs' as EndpointName;
const secret = (token: string, VersionId: string) => ({
  SecretString: JSON.stringify({ url: 'https://pacs/', token }),
  VersionId,
});
const reads = () => secrets.commandCalls(GetSecretValueCommand).length;
const failure = (name: string) => Object.assign(new Error('text'), { name });

let clock: InstantClock;
let endpoints: SecretEndpoints;
beforeEach(() => {
  secrets.reset();
  clock = instantClock();
  endpoints = new SecretEndpoints(client, new Map([['pacs', { secret: 'arn:pacs' }]]), clock);
});

test('a secret is read once a minute, and as long as it is the same, so is the endpoint', async () => {
  secrets.on(GetSecretValueCommand, { SecretId: 'arn:pacs' }).resolves(secret('t', 'v1'));
  const first = await endpoints.endpoint(PACS);
  clock.time += 59_999;
  expect(await endpoints.endpoint(PACS)).toBe(first);
  expect(reads()).toBe(1);
  clock.time += 1;
  expect(await endpoints.endpoint(PACS)).toBe(first);
  expect(reads()).toBe(2);
});

test('a secret that was renewed gives another endpoint', async () => {
  secrets.on(GetSecretValueCommand).resolvesOnce(secret('old', 'v1')).resolves(secret('new', 'v2'));
  const first = await endpoints.endpoint(PACS);
  clock.time += 60_000;
  const second = await endpoints.endpoint(PACS);
  expect(second).not.toBe(first);
  expect(second.authorization).toMatchObject({ value: 'Bearer new' });
});

test('those who ask at the same time share one look', async () => {
  secrets.on(GetSecretValueCommand).resolves(secret('t', 'v1'));
  const [a, b] = await Promise.all([endpoints.endpoint(PACS), endpoints.endpoint(PACS)]);
  expect(a).toBe(b);
  expect(reads()).toBe(1);
});

test('a look that failed is made again', async () => {
  secrets.on(GetSecretValueCommand).rejectsOnce(failure('InternalServiceError')).resolves(secret('t', 'v1'));
  await expect(endpoints.endpoint(PACS)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  expect((await endpoints.endpoint(PACS)).name).toBe('pacs');
});

test('memory is bounded', async () => {
  const many = Array.from({ length: 51 }, (_, n) => `e${n}` as EndpointName);
  secrets.on(GetSecretValueCommand).resolves(secret('t', 'v1'));
  const bounded = new SecretEndpoints(client, new Map(many.map((name) => [name, { secret: name }])), clock);
  for (const name of many) await bounded.endpoint(name);
  expect(reads()).toBe(51);
  await bounded.endpoint('e50' as EndpointName);
  expect(reads()).toBe(51);
  await bounded.endpoint('e0' as EndpointName);
  expect(reads()).toBe(52);
});

test('an endpoint that nobody configured', async () => {
  const unknown = { code: 'UNKNOWN_ENDPOINT', message: 'no endpoint of this stack is called nobody; known: pacs' };
  await expect(endpoints.endpoint('nobody' as EndpointName)).rejects.toMatchObject(unknown);
  await expect(endpoints.endpoint('__proto__' as EndpointName)).rejects.toMatchObject({ code: 'UNKNOWN_ENDPOINT' });
  expect(reads()).toBe(0);
});

test.each([
  ['AccessDeniedException', /endpoint pacs \(arn:pacs\) cannot be read: AWS does not allow it/],
  ['ResourceNotFoundException', /endpoint pacs \(arn:pacs\) cannot be read: ResourceNotFoundException/],
  ['ExpiredTokenException', /credentials have expired/],
])('a secret that cannot be read: %s', async (name, message) => {
  secrets.on(GetSecretValueCommand).rejects(failure(name));
  await expect(endpoints.endpoint(PACS)).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
    message: expect.stringMatching(message),
  });
});

test('a secret that is none of the known shapes is not quoted, neither here nor in a cause', async () => {
  secrets.on(GetSecretValueCommand).resolves({ SecretString: '{"tokn": "s3cret"}', VersionId: 'v' });
  const error: unknown = await endpoints.endpoint(PACS).catch((raised: unknown) => raised);
  expect(error).toMatchObject({ code: 'SECRET_INVALID', message: expect.stringContaining('endpoint pacs') });
  expect(String(error)).not.toContain('s3cret');
  expect(error).not.toHaveProperty('cause');
});

test('bytes are no secret', async () => {
  secrets.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]), VersionId: 'v' });
  await expect(endpoints.endpoint(PACS)).rejects.toMatchObject({
    code: 'SECRET_INVALID',
    message: expect.stringContaining('holds no text'),
  });
});

test('storage keys', async () => {
  const key = Buffer.alloc(32, 7).toString('base64');
  secrets
    .on(GetSecretValueCommand, { SecretId: 'arn:keys' })
    .resolves({ SecretString: `{"3":"${key}"}`, VersionId: 'v' });
  expect(await readStorageKeys(client, 'arn:keys')).toEqual(new Map([[3, Buffer.alloc(32, 7)]]));
  secrets
    .on(GetSecretValueCommand, { SecretId: 'arn:keys' })
    .resolves({ SecretString: '{"3":"s3cret"}', VersionId: 'v' });
  const error: unknown = await readStorageKeys(client, 'arn:keys').catch((raised: unknown) => raised);
  expect(error).toMatchObject({ code: 'SECRET_INVALID', message: expect.stringContaining('key 3') });
  expect(String(error)).not.toContain('s3cret');
});
