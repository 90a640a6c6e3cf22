import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import type { Layer } from '../../../../functions/core/content.ts';
import type { DumpFile } from '../../../../functions/core/dump.ts';
import { type FileKey, fileItem } from '../../../../functions/core/ids.ts';
import type { FileEntry } from '../../../../functions/core/plan.ts';
import { membersOf } from '../../../../functions/enumerate/dump/members.ts';
import { makeTar, makeZip, tarBlocks } from '../../../support/archives.ts';
import { makeInstance } from '../../../support/dicom.ts';

const KEY = '/dump/archive' as FileKey;
const MEGABYTE = 2 ** 20;
const images = [1, 2, 3].map((seed) => ({ name: `image ${seed}`, content: makeInstance({ seed, bytes: 5000 }) }));
const gzip: readonly Layer[] = [{ kind: 'gzip' }];

/** What becomes of the members, and of the archive as a whole, by their names. */
async function look(bytes: Buffer, kind: 'tar' | 'zip', layers: readonly Layer[] = []) {
  const file: DumpFile = {
    size: bytes.length,
    version: '1',
    read: async (into, position) => bytes.copy(into, 0, position, position + into.length),
    versionNow: async () => '1',
    close: async () => undefined,
  };
  const content = { kind, layers } as const;
  const archive: FileEntry = { id: fileItem(KEY), file: KEY, size: bytes.length, version: '1', content };
  const { entries } = await membersOf({ keys: new Map(), job: { options: { orphans: 'import' } } }, file, archive);
  return Object.fromEntries(entries.map(({ member, final }) => [member?.name ?? 'archive', final?.code ?? 'sent']));
}

const all = (code: string) => Object.fromEntries(images.map(({ name }) => [name, code]));

describe('the members of an archive', () => {
  test('are sent where the archive is whole', async () => {
    const tar = await makeTar(images);
    const whole = { ...all('sent'), archive: 'ARCHIVE_EXPANDED' };
    expect(await look(tar, 'tar')).toEqual(whole);
    expect(await look(gzipSync(tar), 'tar', gzip)).toEqual(whole);
    expect(await look(makeZip(images), 'zip')).toEqual(whole);
  });

  test('are sent as far as they lie before the damage of an archive that is not compressed', async () => {
    const tar = await makeTar(images);
    expect(await look(tar.subarray(0, 8000), 'tar')).toEqual({
      'image 1': 'sent',
      'image 2': 'ARCHIVE_DAMAGED',
      archive: 'ARCHIVE_DAMAGED',
    });
    expect(await look(tar.subarray(0, -1024), 'tar')).toEqual({ ...all('sent'), archive: 'ARCHIVE_DAMAGED' });
  });

  test('are not believed where the compression around them is cut', async () => {
    const packed = gzipSync(await makeTar([...images, { name: 'noise', content: randomBytes(300_000) }]));
    const seen = await look(packed.subarray(0, -100_000), 'tar', gzip);
    expect(seen).toEqual({ ...all('ARCHIVE_DAMAGED'), noise: 'ARCHIVE_DAMAGED', archive: 'ARCHIVE_DAMAGED' });
  });

  test('are not believed where the checksum is wrong, however far behind the last of them it lies', async () => {
    const tar = await makeTar([...images, { name: 'noise', content: randomBytes(MEGABYTE) }]);
    for (const padding of [0, 512, 3 * MEGABYTE]) {
      const packed = gzipSync(Buffer.concat([tar, Buffer.alloc(padding)]));
      packed.writeUInt8((packed.at(-8) ?? 0) ^ 1, packed.length - 8);
      expect(await look(packed, 'tar', gzip)).toEqual({
        ...all('ARCHIVE_DAMAGED'),
        noise: 'ARCHIVE_DAMAGED',
        archive: 'ARCHIVE_DAMAGED',
      });
    }
  });

  test('are not believed either where the checksum was not reached, since the archive expands too far', async () => {
    const image = { name: 'image', content: makeInstance({ bytes: 1000 }) };
    const bomb = tarBlocks('0', 'bomb', Buffer.alloc(64 * MEGABYTE));
    const packed = gzipSync(Buffer.concat([(await makeTar([image])).subarray(0, -1024), bomb]));
    const limit = 'ARCHIVE_LIMIT';
    expect(await look(packed, 'tar', gzip)).toEqual({ image: limit, bomb: limit, archive: limit });
  });
});
