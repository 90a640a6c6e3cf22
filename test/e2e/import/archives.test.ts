/** Archives are read as streams: each member has its outcome, and what is in them arrives as if it had lain there unpacked. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { makeTar, makeZip, type ZipMember } from '../../support/archives.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { headerOnly, makeImage, makeObject } from './objects.ts';
import { importFolder, md5sOf, placeOfThisFile } from './packed.ts';
import { makeFolder } from './storage.ts';

jest.setTimeout(120_000);

const LARGE_BYTES = 40 * 2 ** 20;

interface Named {
  readonly name: string;
  readonly content: Buffer;
}

const place = placeOfThisFile();

const named = (contents: Iterable<Buffer>, folder = 'images'): Named[] =>
  [...contents].map((content, index) => ({ name: `${folder}/${index}`, content }));
const packings: Readonly<Record<string, (members: readonly Named[]) => Promise<Buffer>>> = {
  'a.zip': async (members) => makeZip(members.map((member): ZipMember => ({ ...member, descriptor: true }))),
  'a.tar': makeTar,
  'a.tar.gz': async (members) => gzipSync(await makeTar(members), { level: 1 }),
};

describe.each(Object.keys(packings))('%s', (archiveName) => {
  const pack = async (members: readonly Named[]) => (await packings[archiveName]?.(members)) ?? Buffer.alloc(0);

  test('GIVEN more images than a chunk holds, and header-only copies inside and outside THEN every image arrives whole', async () => {
    const images = [...archive({ studies: 3, instancesPerStudy: 100, bytes: 2000 })];
    const inside = images.slice(0, 200);
    const outside = images.slice(200);
    const { folder } = place;
    const members = [
      // Copies come before their images, and of those that lie outside there are only copies here.
      ...named(images.slice(150, 250).map(headerOnly), 'copies'),
      ...named(inside),
      { name: 'report', content: makeObject('sr', 1) },
    ];
    await folder.write(archiveName, await pack(members));
    for (const [index, content] of outside.entries()) await folder.write(`files/${index}`, content);
    for (const [index, content] of inside.slice(0, 50).entries())
      await folder.write(`copies/${index}`, headerOnly(content));
    const { byCode, held, exitCode, sent } = await importFolder(place);
    expect(byCode).toEqual({ STORED: 301, HEADER_ONLY_COPY: 150, ARCHIVE_EXPANDED: 1 });
    expect(held).toEqual(md5sOf([...images, makeObject('sr', 1)]));
    expect({ exitCode, sent }).toEqual({ exitCode: 0, sent: 301 });

    const again = await importFolder(place);
    expect(again.byCode).toEqual({ ALREADY_PRESENT: 301, HEADER_ONLY_COPY: 150, ARCHIVE_EXPANDED: 1 });
    expect(again.sent).toBe(0);
  });

  test('GIVEN an image without its pixels anywhere THEN exactly that one is missing', async () => {
    const [lost = Buffer.alloc(0), ...others] = archive({ studies: 1, instancesPerStudy: 5 });
    const members = [{ name: 'lost', content: headerOnly(lost) }, ...named(others)];
    await place.folder.write(archiveName, await pack(members));
    const { byCode, codes, held, exitCode } = await importFolder(place);
    expect(byCode).toEqual({ STORED: 4, PIXEL_DATA_MISSING: 1, ARCHIVE_EXPANDED: 1 });
    expect(codes).toContain(`${archiveName} > lost: PIXEL_DATA_MISSING`);
    expect(held).toEqual(md5sOf(others));
    expect(exitCode).toBe(6);
  });

  test('GIVEN a large member among small ones THEN all arrive', async () => {
    const contents = [makeImage('CR', 1), makeImage('CT', 2, { bytes: LARGE_BYTES }), makeImage('MR', 3)];
    const members = named(contents);
    await place.folder.write(archiveName, await pack(members));
    const { byCode, held } = await importFolder(place);
    expect(byCode).toEqual({ STORED: 3, ARCHIVE_EXPANDED: 1 });
    expect(held).toEqual(md5sOf(contents));
  });

  test('GIVEN whatever else is in a storage folder THEN each member is what its content says', async () => {
    const plain = makeImage('CT', 1);
    const compressed = makeImage('CT', 2);
    const gzipped = makeImage('CT', 3);
    const members = [
      { name: 'note.dcm', content: Buffer.from('no image at all') },
      { name: 'empty', content: Buffer.alloc(0) },
      { name: 'summary', content: Buffer.from('{"0008,0018": {"Name": "SOPInstanceUID"}}') },
      { name: 'plain.txt', content: plain },
      { name: 'compressed', content: compressedAttachment(compressed) },
      { name: 'gzipped.gz', content: gzipSync(gzipped) },
    ];
    await place.folder.write(archiveName, await pack(members));
    const { codes, held } = await importFolder(place);
    const expected = ['NOT_DICOM', 'EMPTY_FILE', 'JSON_SUMMARY', 'STORED', 'STORED', 'STORED'];
    expect(codes).toEqual(
      [
        `${archiveName}: ARCHIVE_EXPANDED`,
        ...members.map(({ name }, index) => `${archiveName} > ${name}: ${expected[index]}`),
      ].sort(),
    );
    expect(held).toEqual(md5sOf([plain, compressed, gzipped]));
  });
});

test.each([
  ['a.tar', '-cf'],
  ['a.tar.gz', '-czf'],
])('GIVEN %s of a folder, as tar itself makes it THEN every image arrives', async (name, option) => {
  const images = [...archive({ studies: 3, instancesPerStudy: 7 })];
  const packed = await makeFolder();
  try {
    // Beyond the 100 bytes that a header has for a name.
    for (const [index, content] of images.entries())
      await packed.write(`${'a folder with a long name/'.repeat(6)}${index} Müller`, content);
    await promisify(execFile)('tar', [option, join(place.folder.path, name), '-C', packed.path, '.']);
  } finally {
    await packed.remove();
  }
  const { byCode, held, codes } = await importFolder(place);
  expect(byCode).toEqual({ STORED: 21, ARCHIVE_EXPANDED: 1 });
  expect(held).toEqual(md5sOf(images));
  expect(codes.filter((code) => code.includes('Müller'))).toHaveLength(21);
});

test('GIVEN a gzip of one image THEN it is that image', async () => {
  const image = makeImage('CT', 1);
  await place.folder.write('image.dcm.gz', gzipSync(image));
  const { codes, held } = await importFolder(place);
  expect(codes).toEqual(['image.dcm.gz: STORED']);
  expect(held).toEqual(md5sOf([image]));
});

test('GIVEN the same images in two archives and beside them THEN each is sent once', async () => {
  const images = [...archive({ studies: 1, instancesPerStudy: 10 })];
  await place.folder.write('a.zip', makeZip(named(images)));
  await place.folder.write('b.tar', await makeTar(named(images)));
  for (const [index, content] of images.entries()) await place.folder.write(`c/${index}`, content);
  const { byCode, held, sent } = await importFolder(place);
  expect(byCode).toEqual({ STORED: 10, DUPLICATE: 20, ARCHIVE_EXPANDED: 2 });
  expect(sent).toBe(10);
  expect(held).toEqual(md5sOf(images));
});
