/** Header-only copies are valid DICOM files: none may ever take the place of its image, and nothing else may be taken for one. */
import { readFile } from 'node:fs/promises';
import { inflateSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { compressedAttachment } from '../../support/compressed.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import type { OrthancVersion } from '../../support/orthanc-binaries.ts';
import { upload } from '../../support/upload.ts';
import { importOnce } from './importing.ts';
import { headerOnly, IMAGES, makeImage, makeObject, WITHOUT_PIXELS } from './objects.ts';
import { attachedFiles, type Folder, filledBy, makeFolder, md5, TYPE } from './storage.ts';

jest.setTimeout(120_000);

const IMAGE_KINDS = Object.keys(IMAGES) as (keyof typeof IMAGES)[];
const OBJECT_KINDS = Object.keys(WITHOUT_PIXELS) as (keyof typeof WITHOUT_PIXELS)[];

const images = IMAGE_KINDS.map((kind, seed) => makeImage(kind, seed));
const objects = OBJECT_KINDS.map((kind, seed) => makeObject(kind, seed));

let folder: Folder;
let target: RunningOrthanc;
let servers: Readonly<Record<OrthancVersion, RunningOrthanc>>;

beforeAll(async () => {
  const [older, newer] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
  servers = { '1.10': older, '1.13': newer };
});
afterAll(() => Promise.all(Object.values(servers ?? {}).map((server) => server.stop())));

beforeEach(async () => {
  folder = await makeFolder();
  target = servers['1.13'];
});
afterEach(async () => {
  await folder.remove();
  const patients = (await (await fetch(`${target.url}patients`)).json()) as string[];
  for (const id of patients) await fetch(`${target.url}patients/${id}`, { method: 'DELETE' });
});

/** The MD5s of all that the target holds. */
async function md5sInTarget(): Promise<string[]> {
  return [...(await inventory(target)).values()].map((stored) => stored.md5 ?? '').sort();
}

const md5sOf = (files: readonly Buffer[]) => files.map(md5).sort();

test('GIVEN a real server with compression THEN copies are cut as these tests cut them, and objects of every kind arrive from its folder', async () => {
  await filledBy(folder, { version: '1.10', config: { StorageCompression: true } }, ({ url }) =>
    upload(url, [...images, ...objects]),
  );
  const copies = attachedFiles(folder).filter(({ type }) => type === TYPE.untilPixelData);
  const contents = await Promise.all(copies.map(async ({ path }) => inflateSync((await readFile(path)).subarray(8))));
  expect(md5sOf(contents)).toEqual(md5sOf(images.map(headerOnly)));

  const { byCode } = await importOnce(folder.path, target.url);
  expect(byCode).toMatchObject({ STORED: images.length + objects.length, HEADER_ONLY_COPY: images.length });
  expect(await md5sInTarget()).toEqual(md5sOf([...images, ...objects]));
});

describe.each([
  ['plain', '1.13', (content: Buffer) => content],
  ['compressed', '1.10', compressedAttachment],
] as const)('%s files without an index, into %s', (_, version, written) => {
  beforeEach(() => {
    target = servers[version];
  });

  test('GIVEN objects without pixels by nature THEN all are sent', async () => {
    for (const content of objects) await folder.store(written(content));
    const { end, byCode } = await importOnce(folder.path, target.url);
    expect(byCode).toEqual({ STORED: objects.length });
    expect(end.exitCode).toBe(0);
    expect(await md5sInTarget()).toEqual(md5sOf(objects));
  });

  test('GIVEN images whose pixels are nowhere THEN each is a failure, and none is sent unless that is accepted', async () => {
    const bare = images.map(headerOnly);
    for (const content of bare) await folder.store(written(content));
    const refused = await importOnce(folder.path, target.url);
    expect(refused.byCode).toEqual({ PIXEL_DATA_MISSING: bare.length });
    expect(refused.end).toMatchObject({ exitCode: 6, counts: { sent: 0 } });
    expect(await md5sInTarget()).toEqual([]);

    const accepted = await importOnce(folder.path, target.url, '--accept-header-only');
    expect(accepted.byCode).toEqual({ STORED_WITHOUT_PIXELS: bare.length });
    expect(accepted.end.exitCode).toBe(1);
    expect(await md5sInTarget()).toEqual(md5sOf(bare));

    // What the target has is no better: it must not count as the complete image.
    expect((await importOnce(folder.path, target.url)).byCode).toEqual({ PIXEL_DATA_MISSING: bare.length });
    const again = await importOnce(folder.path, target.url, '--accept-header-only');
    expect(again.byCode).toEqual({ ALREADY_PRESENT: bare.length });
  });

  test('GIVEN a target that has the complete images THEN their copies are skipped', async () => {
    for (const image of images) await folder.store(written(headerOnly(image)));
    await upload(target.url, images);
    for (const options of [[], ['--accept-header-only']]) {
      const { end, byCode } = await importOnce(folder.path, target.url, ...options);
      expect(byCode).toEqual({ HEADER_ONLY_COPY: images.length });
      expect(end).toMatchObject({ exitCode: 0, counts: { sent: 0 } });
    }
    expect(await md5sInTarget()).toEqual(md5sOf(images));
  });

  test('GIVEN copies beside their images THEN accepting copies sends none of these', async () => {
    for (const image of images) await folder.store(written(headerOnly(image)));
    for (const image of images) await folder.store(written(image));
    const { byCode } = await importOnce(folder.path, target.url, '--accept-header-only');
    expect(byCode).toEqual({ STORED: images.length, HEADER_ONLY_COPY: images.length });
    expect(await md5sInTarget()).toEqual(md5sOf(images));
  });
});

test('GIVEN a damaged image and its copy THEN the damage is a failure, and the copy takes no place', async () => {
  const [image = Buffer.alloc(0)] = images;
  const whole = compressedAttachment(image);
  const damaged = await folder.write('a', whole.subarray(0, whole.length - 500));
  const copy = await folder.write('b', headerOnly(image));
  const { end, row } = await importOnce(folder.path, target.url);
  expect(row(damaged)).toMatchObject({ outcome: 'failure', code: 'FILE_DAMAGED' });
  expect(row(copy).code).toBe('HEADER_ONLY_COPY');
  expect(end).toMatchObject({ exitCode: 6, counts: { sent: 0 } });
  expect(await md5sInTarget()).toEqual([]);
});
