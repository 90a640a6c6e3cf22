import { readdir, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRelay } from '../../../functions/orthanc/relay/relay.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { endpointOf, fill, instancesOf } from './copies.ts';

const SIZE = 2_300_000_000;
let source: RunningOrthanc;
let target: RunningOrthanc;

beforeAll(async () => {
  [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
}, 60_000);
afterAll(async () => {
  await Promise.all([source?.stop(), target?.stop()]);
});

// 1.10.1 answers with the right Content-Length, no body, and after its KeepAliveTimeout an orderly end (fixed in 1.11.3).
test('a file that Orthanc 1.10.1 cannot serve is a mismatch', async () => {
  const [copy] = await fill(source, [3000]);
  for (const entry of await readdir(source.storageDir, { recursive: true })) {
    const path = join(source.storageDir, entry);
    if ((await stat(path)).size === copy?.recorded.size) await truncate(path, SIZE);
  }
  // It would serve the file from its cache.
  await source.restart();
  const { relay, close } = createRelay(endpointOf(source.url), endpointOf(target.url));
  const result = copy && (await relay({ instance: copy.instance, recorded: { size: SIZE } }));
  await close();
  expect(result).toEqual({ kind: 'mismatch', bytes: 0, expectedBytes: SIZE });
  expect(await instancesOf(target)).toBe(0);
}, 300_000);
