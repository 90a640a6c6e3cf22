/** `kill -9` while members of an archive are on their way: the same command goes on, and each member is counted once. */
import { gzipSync } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { makeTar, makeZip } from '../../support/archives.ts';
import { until } from '../../support/until.ts';
import { importing } from './importing.ts';
import { md5sIn, md5sOf, placeOfThisFile } from './packed.ts';

jest.setTimeout(180_000);

const MEMBERS = 500;
const images = [...archive({ studies: 5, instancesPerStudy: MEMBERS / 5, bytes: 100_000 })];
const members = images.map((content, index) => ({ name: `${index}`, content }));
const place = placeOfThisFile();

const packings: Readonly<Record<string, () => Promise<Buffer>>> = {
  'a.zip': async () => makeZip(members),
  'a.tar': () => makeTar(members),
  'a.tar.gz': async () => gzipSync(await makeTar(members), { level: 1 }),
};

async function instancesInTarget(): Promise<number> {
  const { CountInstances } = (await (await fetch(`${place.target.url}statistics`)).json()) as {
    CountInstances: number;
  };
  return CountInstances;
}

test.each(Object.entries(packings))(
  'GIVEN kill -9 in the middle of %s THEN the same command completes',
  async (name, pack) => {
    await place.folder.write(name, await pack());
    const job = await importing(place.folder.path, place.target.url);
    try {
      for (const share of [0.2, 0.6]) {
        const running = job.start();
        await until(`${share * 100} % arrived`, async () => (await instancesInTarget()) >= share * MEMBERS);
        running.child.kill('SIGKILL');
        expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
        expect(await instancesInTarget()).toBeLessThan(MEMBERS);
      }
      const { end, rows, byCode } = await job.import();
      const { STORED = 0, ALREADY_PRESENT = 0, ...others } = byCode;
      expect(STORED + ALREADY_PRESENT).toBe(MEMBERS);
      expect(others).toEqual({ ARCHIVE_EXPANDED: 1 });
      expect(end).toMatchObject({ scanned: MEMBERS + 1, exitCode: 0, counts: { alreadyThere: ALREADY_PRESENT } });
      expect(
        rows
          .filter(({ member }) => member)
          .map(({ member }) => member?.number)
          .sort((a = 0, b = 0) => a - b),
      ).toEqual(members.map((_, index) => index));
      // The target was empty: nothing was there that we may call somebody else's.
      expect(rows.filter(({ member, sentByUs }) => member && sentByUs === 'no')).toEqual([]);
      expect(await md5sIn(place.target)).toEqual(md5sOf(images));
    } finally {
      await job.remove();
    }
  },
);
