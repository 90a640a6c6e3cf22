import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { expandTar, expandZip } from '../../../../functions/dicom/archive/expand.ts';
import { makeZip, paxRecord, TAR_END, tarBlocks, withChecksum } from '../../../support/archives.ts';
import { fileOf, piecesOf, readAll, shown } from './reading.ts';

const contents = ['', 'a', 'some words', 'x'.repeat(3000)].map((content) => Buffer.from(content));
const members = contents.map((content, at) => ({ name: `folder/${at}`, content }));
/** Too large to be inflated at once. */
const large = { name: 'large', content: Buffer.alloc(2_000_000, 'large ') };
const known = [...contents, large.content].map(shown);

const zips = [
  makeZip(members),
  makeZip(members.map((member) => ({ ...member, method: 0 }))),
  makeZip([large, ...members]),
  makeZip(
    members.map((member) => ({ ...member, zip64: true, descriptor: true })),
    { zip64: true },
  ),
];
/** Each member with all of its headers, as parts of a tar archive. */
const tarParts = [
  members.map(({ name, content }) => tarBlocks('0', name, content)),
  members.map(({ name, content }) =>
    Buffer.concat([
      tarBlocks('x', 'x', Buffer.concat([paxRecord('path', name), paxRecord('size', `${content.length}`)])),
      tarBlocks('L', 'L', Buffer.from(`${name}\0`)),
      tarBlocks('0', 'short', content),
    ]),
  ),
];
const tars = tarParts.map((parts) => Buffer.concat([...parts, TAR_END]));

/** In a header: name, size (first and last bytes), type, magic, version, prefix, and the mark of a longer map of holes. */
const HEADER_FIELDS = [0, 124, 125, 134, 135, 156, 257, 263, 345, 482];

/** Some bytes changed, in the whole or near the end, where the directory of a ZIP archive is; and perhaps cut. */
const damage = fc.record({
  changes: fc.array(fc.tuple(fc.nat(100_000), fc.nat(255)), { maxLength: 6 }),
  nearTheEnd: fc.boolean(),
  cut: fc.option(fc.nat(100_000), { freq: 3 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damagedBy(archive: Buffer, { changes, nearTheEnd, cut }: Damage): Buffer {
  const bytes = Buffer.from(archive);
  const from = nearTheEnd ? Math.max(0, bytes.length - 500) : 0;
  for (const [at, value] of changes) bytes[from + (at % (bytes.length - from))] = value;
  return bytes.subarray(0, cut === null ? bytes.length : cut % (bytes.length + 1));
}

describe('whatever bytes come', () => {
  test('a ZIP archive ends in members or typed errors, and no content is wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...zips), damage, async (archive, how) => {
        const bytes = damagedBy(archive, how);
        const { seen } = await readAll(expandZip(fileOf(bytes)));
        // Its CRC-32 vouches for every content that was given whole.
        for (const { content } of seen) if (content !== undefined) expect(known).toContain(content);
      }),
      { numRuns: 2000 },
    );
  });

  test('a tar archive ends in members or typed errors', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tars),
        damage,
        fc.integer({ min: 1, max: 2000 }),
        async (archive, how, size) => {
          const bytes = damagedBy(archive, how);
          const { seen } = await readAll(expandTar(piecesOf(bytes, size)));
          expect(seen.length).toBeLessThanOrEqual(bytes.length / 512);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('a tar archive with headers that say anything ends in members or typed errors', async () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...HEADER_FIELDS), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tars), changes, async (archive, lies) => {
        const bytes = Buffer.from(archive);
        for (const [place, field, value] of lies) {
          const header = bytes.subarray((place % (bytes.length / 512)) * 512).subarray(0, 512);
          header[field] = value;
          withChecksum(header).copy(header);
        }
        const { seen } = await readAll(expandTar(piecesOf(bytes)));
        expect(seen.length).toBeLessThanOrEqual(bytes.length / 512);
      }),
      { numRuns: 2000 },
    );
  });

  test('a tar archive that is cut gives the members before, and says that it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tarParts), fc.nat(100_000), fc.boolean(), async (parts, place, even) => {
        const whole = Buffer.concat([...parts, TAR_END]);
        const exact = place % whole.length;
        const cut = even ? exact - (exact % 512) : exact;
        const { seen, end } = await readAll(expandTar(piecesOf(whole.subarray(0, cut))));
        const complete = seen.filter(({ raised }) => raised === undefined);
        const ends = parts.map((_, at) => Buffer.concat(parts.slice(0, at + 1)).length);
        expect(end).toBe('ARCHIVE_DAMAGED');
        expect(complete.map(({ name }) => name)).toEqual(members.slice(0, complete.length).map(({ name }) => name));
        expect(complete.length).toBeGreaterThanOrEqual(ends.filter((at) => at <= cut).length);
      }),
      { numRuns: 1000 },
    );
  });

  test('noise is no archive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), async (noise) => {
        const bytes = Buffer.from(noise);
        expect(await readAll(expandZip(fileOf(bytes)))).toEqual({ seen: [], end: 'ARCHIVE_DAMAGED' });
        const tar = await readAll(expandTar(piecesOf(bytes)));
        expect(tar.seen).toEqual([]);
        const blank = bytes.every((byte) => byte === 0) && bytes.length >= 1024 && bytes.length % 512 === 0;
        expect(tar.end).toBe(blank ? undefined : 'ARCHIVE_DAMAGED');
      }),
      { numRuns: 300 },
    );
  });
});
