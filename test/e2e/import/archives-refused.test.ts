/** Archives that are damaged, hostile or packed in a way that is not read: nothing of them passes in silence. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { makeTar, makeZip, overlappingZip, tarBlocks, zipBomb } from '../../support/archives.ts';
import { makeImage } from './objects.ts';
import { importFolder, md5sOf, placeOfThisFile } from './packed.ts';

jest.setTimeout(120_000);

const MEGABYTE = 2 ** 20;
const place = placeOfThisFile();

const images = [...archive({ studies: 1, instancesPerStudy: 6, bytes: 20_000 })];
const members = images.map((content, index) => ({ name: `${index}`, content }));
const good = { name: 'good', content: makeImage('CT', 1) };

test('GIVEN members that cannot be had THEN each says why, and those beside them arrive', async () => {
  const { folder } = place;
  const [image] = members;
  if (!image) throw new Error('no image');
  await folder.write(
    'a.zip',
    makeZip([
      { ...image, name: 'encrypted', flags: 1 },
      { ...image, name: 'strongly encrypted', flags: 0x41 },
      { ...image, name: '../outside' },
      { ...image, name: '/absolute' },
      { ...image, name: 'C:\\drive' },
      { ...image, name: 'LZMA', method: 14 },
      { ...image, name: 'wrong CRC', stated: { crc: 1 } },
      { name: 'bomb', content: Buffer.alloc(32 * MEGABYTE) },
      { name: 'inner.zip', content: makeZip([image]) },
      { name: 'inner.tar', content: await makeTar([image]) },
      { name: 'inner.tar.gz', content: gzipSync(await makeTar([image])) },
      good,
    ]),
  );
  const { codes, held, exitCode, sent } = await importFolder(place);
  expect(codes).toEqual(
    [
      'a.zip: ARCHIVE_EXPANDED',
      'a.zip > encrypted: ARCHIVE_ENCRYPTED',
      'a.zip > strongly encrypted: ARCHIVE_ENCRYPTED',
      'a.zip > ../outside: ARCHIVE_UNSAFE_PATH',
      'a.zip > /absolute: ARCHIVE_UNSAFE_PATH',
      'a.zip > C:\\drive: ARCHIVE_UNSAFE_PATH',
      'a.zip > LZMA: ARCHIVE_UNSUPPORTED',
      'a.zip > wrong CRC: ARCHIVE_DAMAGED',
      'a.zip > bomb: ARCHIVE_LIMIT',
      'a.zip > inner.zip: ARCHIVE_NESTED',
      'a.zip > inner.tar: ARCHIVE_NESTED',
      'a.zip > inner.tar.gz: ARCHIVE_NESTED',
      'a.zip > good: STORED',
    ].sort(),
  );
  expect(held).toEqual(md5sOf([good.content]));
  expect({ exitCode, sent }).toEqual({ exitCode: 6, sent: 1 });
});

test('GIVEN a tar with a ZIP, a sparse file and names that lead out THEN each is reported, and the rest arrives', async () => {
  const { folder } = place;
  const tar = await makeTar([
    { name: 'inner.zip', content: makeZip(members) },
    { name: '../outside', content: images[0] ?? Buffer.alloc(0) },
    { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
    good,
  ]);
  await folder.write('a.tar', Buffer.concat([tarBlocks('S', 'sparse', images[1] ?? Buffer.alloc(0)), tar]));
  const { codes, held, exitCode } = await importFolder(place);
  expect(codes).toEqual(
    [
      'a.tar: ARCHIVE_EXPANDED',
      'a.tar > sparse: ARCHIVE_UNSUPPORTED',
      'a.tar > inner.zip: ARCHIVE_NESTED',
      'a.tar > ../outside: ARCHIVE_UNSAFE_PATH',
      'a.tar > good: STORED',
    ].sort(),
  );
  expect(held).toEqual(md5sOf([good.content]));
  expect(exitCode).toBe(6);
});

test('GIVEN a truncated ZIP THEN it is one failure; copied again, all of it arrives', async () => {
  const zip = makeZip(members);
  await place.folder.write('a.zip', zip.subarray(0, -5000));
  const cut = await importFolder(place);
  expect(cut.codes).toEqual(['a.zip: ARCHIVE_DAMAGED']);
  expect({ exitCode: cut.exitCode, sent: cut.sent }).toEqual({ exitCode: 6, sent: 0 });
  await place.folder.write('a.zip', zip);
  const { byCode, held } = await importFolder(place);
  expect(byCode).toEqual({ STORED: 6, ARCHIVE_EXPANDED: 1 });
  expect(held).toEqual(md5sOf(images));
});

test('GIVEN a truncated tar THEN the members before the cut arrive, and the archive is a failure', async () => {
  const tar = await makeTar(members);
  await place.folder.write('a.tar', tar.subarray(0, tar.length / 2));
  const inside = await importFolder(place);
  expect(inside.byCode).toEqual({ STORED: 3, ARCHIVE_DAMAGED: expect.any(Number) });
  expect(inside.codes).toContain('a.tar: ARCHIVE_DAMAGED');
  expect(inside.held).toEqual(md5sOf(images.slice(0, 3)));
  await place.folder.write('a.tar', tar.subarray(0, -1024));
  const between = await importFolder(place);
  expect(between.byCode).toEqual({ ALREADY_PRESENT: 3, STORED: 3, ARCHIVE_DAMAGED: 1 });
  expect(between.held).toEqual(md5sOf(images));
});

test('GIVEN a tar.gz that is cut, or whose checksum is wrong THEN none of its members is sent', async () => {
  const noise = { name: 'noise', content: randomBytes(2 * MEGABYTE) };
  const packed = gzipSync(await makeTar([...members, noise]));
  await place.folder.write('cut.tar.gz', packed.subarray(0, -MEGABYTE));
  packed.writeUInt8((packed.at(-8) ?? 0) ^ 1, packed.length - 8);
  await place.folder.write('flipped.tar.gz', packed);
  const { codes, byCode, held, exitCode } = await importFolder(place);
  expect(Object.keys(byCode)).toEqual(['ARCHIVE_DAMAGED']);
  expect(codes).toContain('cut.tar.gz: ARCHIVE_DAMAGED');
  expect(codes).toContain('cut.tar.gz > 0: ARCHIVE_DAMAGED');
  expect(codes).toContain('flipped.tar.gz: ARCHIVE_DAMAGED');
  expect(codes).toContain('flipped.tar.gz > 5: ARCHIVE_DAMAGED');
  expect(held).toEqual([]);
  expect(exitCode).toBe(6);
});

test('GIVEN archive bombs of every kind THEN they are failures, soon, and other files arrive', async () => {
  const { folder } = place;
  await folder.write('deflated.zip', zipBomb(64 * MEGABYTE));
  await folder.write('overlapping.zip', overlappingZip(3000, randomBytes(100_000)));
  await folder.write('zeros.tar.gz', gzipSync(tarBlocks('0', 'bomb', Buffer.alloc(64 * MEGABYTE))));
  await folder.write(
    'nested.zip',
    makeZip([{ name: 'zip', content: makeZip([{ name: 'zip', content: zipBomb(MEGABYTE) }]) }]),
  );
  await folder.write('image', good.content);
  const { codes, held, exitCode } = await importFolder(place);
  expect(codes).toContain('deflated.zip > bomb: ARCHIVE_LIMIT');
  expect(codes).toContain('overlapping.zip: ARCHIVE_LIMIT');
  expect(codes).toContain('zeros.tar.gz: ARCHIVE_LIMIT');
  expect(codes).toContain('nested.zip > zip: ARCHIVE_NESTED');
  expect(codes).toContain('image: STORED');
  expect(held).toEqual(md5sOf([good.content]));
  expect(exitCode).toBe(6);
});
