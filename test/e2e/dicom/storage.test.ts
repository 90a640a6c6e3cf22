import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, open, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openContent } from '../../../functions/dicom/open-content.ts';
import { makeInstance } from '../../support/dicom.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { described, EXPLICIT, EXPLICIT_SYNTAX, identity, part10 } from '../../unit/dicom/data-sets.ts';
import { slide } from '../../unit/dicom/slide.ts';

const KEYS = new Map<number, Uint8Array>();
const md5 = (bytes: Buffer) => createHash('md5').update(bytes).digest('hex');

async function contentOf(path: string): Promise<Buffer> {
  const { layers, size = 0 } = await described(readFileSync(path));
  const handle = await open(path);
  const file = {
    size: (await handle.stat()).size,
    read: async (into: Uint8Array, position: number) => (await handle.read(into, 0, into.length, position)).bytesRead,
  };
  try {
    const pieces: Buffer[] = [];
    for await (const piece of openContent(file, layers, KEYS)) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).length).toBe(size);
    return Buffer.concat(pieces);
  } finally {
    await handle.close();
  }
}

test.each([
  ['1.10', true],
  ['1.10', false],
  ['1.13', true],
  ['1.13', false],
] as const)('a storage folder of Orthanc %s (StorageCompression: %s) is understood', async (version, compressed) => {
  const storage = await mkdtemp(join(tmpdir(), 'om-dicom-'));
  const server = await startOrthanc({ version, storage, config: { StorageCompression: compressed } });
  const images = [...[1, 2, 3].map((seed) => makeInstance({ seed, bytes: seed * 500_000 })), slide(3000).full];
  const dataSet = identity(EXPLICIT, '1.2.840.10008.5.1.4.1.1.88.11').toString('latin1');
  const report = part10(Buffer.from(dataSet.replace('1.2.3.4', '1.2.3.5'), 'latin1'), EXPLICIT_SYNTAX);
  const ids = await upload(server.url, [...images, report], { concurrency: 1 });
  await server.stop();

  const names = await readdir(storage, { recursive: true, withFileTypes: true });
  const paths = names.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name));
  const found = await Promise.all(paths.map(async (path) => ({ path, ...(await described(readFileSync(path))) })));

  const whole = found.filter((each) => each.dicom && each.dicom.pixels !== 'missing');
  expect(whole.map((each) => each.dicom?.instance).sort()).toEqual([...ids].sort());
  const contents = await Promise.all(whole.map((each) => contentOf(each.path)));
  expect(contents.map(md5).sort()).toEqual([...images, report].map(md5).sort());
  expect(whole.every((each) => each.layers.length === (compressed ? 1 : 0))).toBe(true);
  // Beside compressed files stand copies without pixels: of the images, not of the report.
  const copies = found.filter((each) => each.dicom?.pixels === 'missing');
  expect(copies.map((each) => each.dicom?.instance).sort()).toEqual(
    compressed ? ids.slice(0, images.length).sort() : [],
  );
  expect(found.filter((each) => !each.dicom).every((each) => each.kind === 'sqlite')).toBe(true);
  rmSync(storage, { recursive: true });
});
