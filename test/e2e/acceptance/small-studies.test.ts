/** Radiographs and the like: many studies of a few images, on servers that cut the answers of /tools/find and on others. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { archiveSpecs } from '../../support/archive.ts';
import { endOf, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { makeInstance } from '../../support/dicom.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { expectSameServers, expectSoundEvidence } from '../../support/proof.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(300_000);

const LIMITS = { LimitFindInstances: 15, LimitFindResults: 10 };
/** One in four studies has an image alone, and one study is larger than all that is said of them on average. */
const FILES = [
  ...archiveSpecs({ studies: 150, instancesPerStudy: 3, bytes: 2000 }),
  ...archiveSpecs({ studies: 50, instancesPerStudy: 1, bytes: 2000, seed: 2 }),
  ...archiveSpecs({ studies: 1, instancesPerStudy: 1100, bytes: 1000, seed: 3 }),
].map(makeInstance);

let open: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.map((server) => server.stop()));
  open = [];
});

async function start(version: '1.10' | '1.13', config: Readonly<Record<string, unknown>>): Promise<RunningOrthanc> {
  const server = await startOrthanc({ version, config });
  open.push(server);
  return server;
}

test.each([
  ['1.10', '1.13', {}],
  ['1.10', '1.13', LIMITS],
  ['1.13', '1.10', LIMITS],
  ['1.13', '1.13', LIMITS],
] as const)(
  'GIVEN small studies, %s to %s with %j THEN all arrive once, and what was lost comes again',
  async (from, to, config) => {
    const [source, target] = await Promise.all([start(from, config), start(to, config)]);
    const state: StateDirectory = await stateDirectory();
    try {
      const ids = await upload(source.url, FILES);
      const replicate = () => run(['replicate', source.url, target.url, '--state-dir', state.path, '--json']);
      const first = endOf(await replicate());
      expect(first).toMatchObject({ state: 'completed', scanned: FILES.length, counts: { sent: FILES.length } });
      await expectSameServers(source, target, FILES.length);
      await expectSoundEvidence(first);

      const again = endOf(await replicate());
      expect(again).toMatchObject({ state: 'completed', counts: { alreadyThere: FILES.length, sent: 0 } });

      // Of a small study, of one of a single image, and of the large one.
      const lost = [ids[1], ids[460], ids.at(-1)];
      for (const id of lost) await fetch(new URL(`instances/${id}`, target.url), { method: 'DELETE' });
      const third = endOf(await replicate());
      expect(third).toMatchObject({ state: 'completed', counts: { alreadyThere: FILES.length - 3, sent: 3 } });
      await expectSameServers(source, target, FILES.length);
    } finally {
      await state.remove();
    }
  },
);
