import { describe, expect, test } from '@jest/globals';
import { type EndpointSources, MemoryEndpoints, parseEndpoint } from '../../../cli/local/endpoints.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { refusal } from './refusal.ts';
import { temporaryFiles } from './temporary.ts';

const fileOf = temporaryFiles();
const SOURCE: EndpointSources = { side: 'source', env: {} };
const parse = (text: string, sources: Partial<EndpointSources> = {}) => parseEndpoint(text, { ...SOURCE, ...sources });

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
