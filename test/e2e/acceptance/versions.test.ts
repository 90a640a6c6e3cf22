/** Everything arrives, between an old and a new server in both directions, and in a server on PostgreSQL. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { endOf, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { type RunningPostgres, startPostgres } from '../../support/postgres.ts';
import { expectSameServers, expectSoundEvidence } from '../../support/proof.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(600_000);

const STUDIES = 30;
/** 6,000 instances, 1 GB, where there is time. */
const PER_STUDY = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 200 : 40;
const INSTANCES = STUDIES * PER_STUDY;

let old: RunningOrthanc;
let state: StateDirectory;
let postgres: RunningPostgres | undefined;
const servers: RunningOrthanc[] = [];

async function started(options: Parameters<typeof startOrthanc>[0]): Promise<RunningOrthanc> {
  const server = await startOrthanc(options);
  servers.push(server);
  return server;
}

beforeAll(async () => {
  [old, state] = await Promise.all([started({ version: '1.10' }), stateDirectory()]);
  // A third are images of a CT, the others little things.
  const bytes = (index: number) => (index % 3 === 0 ? 500_000 : 10_000);
  await upload(old.url, archive({ studies: STUDIES, instancesPerStudy: PER_STUDY, seriesPerStudy: 4, bytes }));
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await postgres?.stop();
  await state?.remove();
});

async function expectReplicated(source: RunningOrthanc, target: RunningOrthanc): Promise<void> {
  const end = endOf(await run(['replicate', source.url, target.url, '--state-dir', state.path, '--json']));
  expect(end).toMatchObject({ state: 'completed', exitCode: 0, scanned: INSTANCES });
  expect(end.counts).toMatchObject({ success: INSTANCES, sent: INSTANCES, alreadyThere: 0 });
  expect((await expectSoundEvidence(end)).byCode).toEqual({ STORED: INSTANCES });
  await expectSameServers(source, target, INSTANCES);
}

test('GIVEN servers of both versions THEN all arrives in the newer one, and back in the older one', async () => {
  const newer = await started({ version: '1.13' });
  await expectReplicated(old, newer);
  await expectReplicated(newer, await started({ version: '1.10' }));
});

test('GIVEN a target on PostgreSQL THEN all arrives', async () => {
  postgres = await startPostgres();
  const target = await started({ version: '1.13', postgres: { uri: await postgres.createDatabase('target') } });
  await expectReplicated(old, target);
});
