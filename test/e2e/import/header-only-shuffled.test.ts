/** The files of a storage folder in many orders, each image beside its header-only copy: the images always win. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { compressedAttachment } from '../../support/compressed.ts';
import { uid } from '../../support/dicom.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { importOnce } from './importing.ts';
import { headerOnly, makeImage } from './objects.ts';
import { makeFolder, md5 } from './storage.ts';

jest.setTimeout(180_000);

const SHUFFLES = 20;
const AT_ONCE = 3;
const IMAGES = 10;
/** Beyond the first pages of a plan, which have 800 files and more. */
const MANY_IMAGES = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 20_000 : 1000;

let target: RunningOrthanc;
let proxy: FaultProxy;

beforeAll(async () => {
  target = await startOrthanc({ version: '1.13' });
  proxy = await startFaultProxy(target.url);
});

afterAll(async () => {
  await proxy.stop();
  await target.stop();
});

/** Bytes that are always the same for the same words: names and choices of one shuffle. */
const chance = (...words: readonly (string | number)[]) => createHash('sha256').update(words.join('/')).digest();

const sopUid = (shuffle: string, image: number) => uid('shuffle', shuffle, image);

const imageOf = (shuffle: string, image: number) =>
  makeImage('CT', image, {
    sopUid: sopUid(shuffle, image),
    studyUid: uid('shuffle', shuffle),
    seriesUid: uid('shuffle', shuffle, 0),
    patientId: shuffle,
    bytes: 1200,
  });

/** Writes images and their copies under names of no order, compressed or not; image 0 has lost its complete file. */
async function shuffled(shuffle: string, images: number) {
  const folder = await makeFolder();
  const missing: string[] = [];
  const put = async (image: number, part: string, content: Buffer) => {
    const bytes = chance(shuffle, image, part);
    const written = (bytes[0] ?? 0) % 2 === 0 ? content : compressedAttachment(content);
    return folder.store(written, bytes.toString('hex', 1, 19));
  };
  for (let image = 0; image < images; image += 1) {
    const content = imageOf(shuffle, image);
    const copy = await put(image, 'copy', headerOnly(content));
    if (image === 0) missing.push(copy);
    else await put(image, 'whole', content);
  }
  return { folder, missing };
}

async function imports(shuffle: string, images: number): Promise<void> {
  const { folder, missing } = await shuffled(shuffle, images);
  try {
    const { end, rows, byCode } = await importOnce(folder.path, proxy.url);
    expect(byCode).toEqual({ STORED: images - 1, HEADER_ONLY_COPY: images - 1, PIXEL_DATA_MISSING: 1 });
    expect(rows.filter(({ code }) => code === 'PIXEL_DATA_MISSING').map(({ file }) => file)).toEqual(missing);
    expect(end.exitCode).toBe(6);
    // Sent once, so that nothing else can ever have been stored under this identity.
    const posts = Array.from({ length: images }, (_, image) => proxy.traffic.posts.get(sopUid(shuffle, image)) ?? 0);
    expect(posts).toEqual([0, ...Array(images - 1).fill(1)]);
  } finally {
    await folder.remove();
  }
}

describe('images beside their header-only copies', () => {
  test(`GIVEN ${SHUFFLES} orders of the files THEN no image without pixels is ever in the target`, async () => {
    const waiting = Array.from({ length: SHUFFLES }, (_, number) => `S${number}`).values();
    const worker = async () => {
      for (const shuffle of waiting) await imports(shuffle, IMAGES);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    await expectComplete(SHUFFLES, (number) => [`S${number}`, IMAGES]);
  });

  test(`GIVEN more files than one page of a plan has THEN no image without pixels is ever in the target`, async () => {
    await imports('many', MANY_IMAGES);
    await expectComplete(1, () => ['many', MANY_IMAGES]);
  });
});

/** What the target has of these shuffles is complete. */
async function expectComplete(shuffles: number, of: (number: number) => readonly [string, number]): Promise<void> {
  const stored = new Set([...(await inventory(target)).values()].map((instance) => instance.md5));
  for (let number = 0; number < shuffles; number += 1) {
    const [shuffle, images] = of(number);
    const wanted = Array.from({ length: images - 1 }, (_, image) => md5(imageOf(shuffle, image + 1)));
    expect(wanted.filter((one) => !stored.has(one))).toEqual([]);
    expect(stored.has(md5(headerOnly(imageOf(shuffle, 0))))).toBe(false);
  }
}
