import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { DumpError } from '../../../../functions/core/dump.ts';
import { ARCHIVE_LIMITS, expandZip } from '../../../../functions/dicom/archive/expand.ts';
import { makeZip, overlappingZip, zipBomb } from '../../../support/archives.ts';
import { fileOf, readAll, shown } from './reading.ts';

const text = (words: string) => Buffer.from(words);
const noise = randomBytes(300_000);
const large = Buffer.concat([noise, Buffer.alloc(2_000_000), noise]);
const MEGABYTE = 2 ** 20;

describe('a damaged ZIP archive', () => {
  describe.each([
    ['small', noise],
    ['large', large],
  ])('with a %s member', (_, content) => {
    const { length } = content;

    test.each([
      ['its CRC-32 differs', {}, { crc: 1 }],
      ['it inflates to more than is stated', {}, { size: length - 1 }],
      ['it inflates to something, but nothing is stated', {}, { size: 0 }],
      ['it inflates to less than is stated', {}, { size: length + 1 }],
      ['its compressed data is cut', {}, { compressedSize: 200_000 }],
      ['its compressed data is none', {}, { offset: 0, compressedSize: 3 }],
      ['it is stored and its CRC-32 differs', { method: 0 }, { crc: 1 }],
      ['it is not where it is stated to be', {}, { offset: 1 }],
      ['it lies behind the end', {}, { offset: 100_000_000 }],
      ['it reaches behind the end', {}, { compressedSize: 100_000_000 }],
    ])('loses it when %s, and no other', async (_, how, stated) => {
      const archive = makeZip([
        { name: 'before', content: text('before') },
        { name: 'damaged', content, ...how, stated },
        { name: 'behind', content: text('behind') },
      ]);
      expect(await readAll(expandZip(fileOf(archive)))).toEqual({
        seen: [
          { name: 'before', content: 'before' },
          { name: 'damaged', raised: 'ARCHIVE_DAMAGED' },
          { name: 'behind', content: 'behind' },
        ],
      });
    });

    test('gives it when it ends before the compressed size that is stated', async () => {
      const honest = makeZip([{ name: 'a', content }]);
      const archive = makeZip([
        { name: 'a', content, stated: { compressedSize: honest.length } },
        { name: 'b', content: randomBytes(1000) },
      ]);
      expect(await readAll(expandZip(fileOf(archive)))).toMatchObject({
        seen: [{ name: 'a', content: shown(content) }, { name: 'b' }],
      });
    });
  });

  test('never gives out the last bytes of a member whose CRC-32 differs', async () => {
    for (const method of [0, 8]) {
      const archive = makeZip([{ name: 'a', content: large, method, stated: { crc: 1 } }]);
      let given = 0;
      for await (const member of expandZip(fileOf(archive))) {
        const reading = async () => {
          for await (const piece of member.content()) given += piece.length;
        };
        await expect(reading()).rejects.toMatchObject({ outcome: 'ARCHIVE_DAMAGED' });
      }
      expect(given).toBeGreaterThan(0);
      expect(given).toBeLessThan(large.length);
    }
  });

  test('is damaged as a whole when its end is missing', async () => {
    const archive = makeZip([{ name: 'a', content: noise }]);
    for (const length of [0, 10, 1000, archive.length - 30, archive.length - 1]) {
      expect(await readAll(expandZip(fileOf(archive.subarray(0, length))))).toEqual({
        seen: [],
        end: 'ARCHIVE_DAMAGED',
      });
    }
  });

  test('gives the members before a damage of its directory', async () => {
    const archive = makeZip([
      { name: 'a', content: text('a') },
      { name: 'b', content: text('b') },
    ]);
    archive[archive.lastIndexOf(text('PK\x01\x02'))] = 0;
    expect(await readAll(expandZip(fileOf(archive)))).toEqual({
      seen: [{ name: 'a', content: 'a' }],
      end: 'ARCHIVE_DAMAGED',
    });
  });

  test('is another matter than a file that cannot be read', async () => {
    const { size, read } = fileOf(makeZip([{ name: 'a', content: noise }]));
    for (const failing of [1, 3]) {
      let readings = 0;
      const unreadable = async (into: Uint8Array, position: number) => {
        readings += 1;
        if (readings === failing) throw new DumpError('FILE_UNREADABLE', 'the disk is broken');
        return read(into, position);
      };
      await expect(readAll(expandZip({ size, read: unreadable }))).rejects.toBeInstanceOf(DumpError);
    }
  });

  test('is another matter than a file that got shorter meanwhile', async () => {
    const { size, read } = fileOf(makeZip([{ name: 'a', content: noise, method: 0 }]));
    const shorter = async (into: Uint8Array, position: number) =>
      // Behind the first piece of the content, before the directory.
      position > 250_000 && position < 290_000 ? 0 : read(into, position);
    expect(await readAll(expandZip({ size, read: shorter }))).toEqual({
      seen: [{ name: 'a', raised: 'FILE_CHANGED' }],
    });
  });
});

describe('the limits of a ZIP archive', () => {
  test('refuse a member that grows beyond the ratio', async () => {
    const { seen } = await readAll(expandZip(fileOf(zipBomb(17 * MEGABYTE))));
    expect(seen).toEqual([{ name: 'bomb', problem: 'ARCHIVE_LIMIT', raised: 'ARCHIVE_LIMIT' }]);
  });

  test('leave small blank images alone', async () => {
    const { seen } = await readAll(expandZip(fileOf(zipBomb(15 * MEGABYTE))));
    expect(seen).toEqual([{ name: 'bomb', content: shown(Buffer.alloc(15 * MEGABYTE)) }]);
  });

  test('cannot be passed by a member that states less than it inflates to', async () => {
    const content = Buffer.alloc(50 * MEGABYTE);
    const archive = makeZip([{ name: 'bomb', content, stated: { size: 1000 } }]);
    let given = 0;
    for await (const member of expandZip(fileOf(archive))) {
      const reading = async () => {
        for await (const piece of member.content()) given += piece.length;
      };
      await expect(reading()).rejects.toMatchObject({ outcome: 'ARCHIVE_DAMAGED' });
    }
    expect(given).toBeLessThanOrEqual(1000);
  });

  test('stop an archive whose members share their bytes', async () => {
    const archive = overlappingZip(1000, Buffer.concat([Buffer.alloc(15 * MEGABYTE), noise]));
    const names = [];
    const reading = async () => {
      for await (const { name } of expandZip(fileOf(archive))) names.push(name);
    };
    await expect(reading()).rejects.toMatchObject({ outcome: 'ARCHIVE_LIMIT' });
    expect(names.length).toBeLessThan(archive.length / 15_000);
  });

  test('give the members within them', async () => {
    const archive = makeZip(['a', 'b', 'c'].map((name) => ({ name, content: text(name.repeat(10)) })));
    const names = async (limits: Partial<typeof ARCHIVE_LIMITS>) => {
      const { seen, end } = await readAll(expandZip(fileOf(archive), { ...ARCHIVE_LIMITS, ...limits }));
      return [...seen.map(({ name, raised }) => raised ?? name), end];
    };
    expect(await names({ members: 3, totalBytes: 30, memberBytes: 10 })).toEqual(['a', 'b', 'c', undefined]);
    expect(await names({ members: 2 })).toEqual(['a', 'b', 'ARCHIVE_LIMIT']);
    expect(await names({ totalBytes: 29 })).toEqual(['a', 'b', 'ARCHIVE_LIMIT']);
    expect(await names({ memberBytes: 9 })).toEqual(['ARCHIVE_LIMIT', 'ARCHIVE_LIMIT', 'ARCHIVE_LIMIT', undefined]);
  });
});
