import { mkdtemp, rm } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { endOf } from '../../support/command-line.ts';
import { uid } from '../../support/dicom.ts';
import { writeLargeInstance } from '../../support/large.ts';
import { peakOf } from '../../support/memory.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import type { OrthancVersion } from '../../support/orthanc-binaries.ts';
import { expectSameServers, expectSoundEvidence } from '../../support/proof.ts';
import { upload, uploadFile } from '../../support/upload.ts';
import { type Replication, replication, storedInstances } from './replication.ts';

const GIGABYTE = 1e9;
const SIZE = 2.5 * GIGABYTE;
/** What a server holds in memory of a posted file, at most: three times its size; and the source the file that it serves. */
const NEEDED = 11 * GIGABYTE;
// Beyond this the kernel would end a server in the middle of the test.
const withMemory = freemem() >= NEEDED ? test : test.skip;

jest.setTimeout(600_000);

let place: string;
let file: string;
let servers: RunningOrthanc[] = [];
let job: Replication | undefined;

beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'om-large-'));
  file = join(place, 'instance.dcm');
  await writeLargeInstance(file, { studyUid: uid('very', 'large'), bytes: SIZE });
});

afterAll(() => rm(place, { recursive: true, force: true }));

afterEach(async () => {
  await job?.remove();
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

/** A server that holds the large instance, three small ones, and nothing in memory of having stored them. */
async function holding(version: OrthancVersion): Promise<RunningOrthanc> {
  const server = await startOrthanc({ version });
  servers.push(server);
  await uploadFile(server.url, file);
  await upload(server.url, archive({ studies: 1, instancesPerStudy: 3 }));
  await server.restart();
  return server;
}

withMemory('GIVEN an instance of 2.5 GB THEN it is moved and proven, and this process stays small', async () => {
  const source = await holding('1.13');
  const target = await startOrthanc({ version: '1.13' });
  servers.push(target);
  job = await replication(source.url, target.url);
  const started = job.start('--json');
  const peak = peakOf(started);
  const ended = await started.ended;
  const end = endOf(ended);
  expect(end).toMatchObject({ state: 'completed', exitCode: 0, counts: { success: 4, sent: 4 } });
  expect(ended.code).toBe(0);
  expect((await peak) / 1e6).toBeLessThan(300);
  await expectSameServers(source, target, 4);
  await expectSoundEvidence(end);
});

withMemory('GIVEN a source that sends no body of more than 2 GiB THEN it is one failure that says so', async () => {
  const source = await holding('1.10');
  const target = await startOrthanc({ version: '1.13' });
  servers.push(target);
  job = await replication(source.url, target.url);
  const ended = await job.replicate('--json');
  const end = endOf(ended);
  expect(end).toMatchObject({
    state: 'completed-with-failures',
    exitCode: 6,
    counts: { success: 3, failure: 1 },
    codes: { SOURCE_NO_BODY: { instances: 1 } },
  });
  expect(ended.code).toBe(6);
  expect(ended.seconds).toBeLessThan(180);
  expect(await storedInstances(target.url)).toBe(3);
  expect(job.deadLetters()).toEqual([expect.objectContaining({ code: 'SOURCE_NO_BODY' })]);
  expect((await job.command('failures')).stdout).toContain('sends no body');
  await expectSoundEvidence(end);
});
