import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { DumpError } from '../../../../functions/core/dump.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, expandTar } from '../../../../functions/dicom/archive/expand.ts';
import { makeTar, TAR_END, tarBlocks, withChecksum } from '../../../support/archives.ts';
import { piecesOf, readAll, shown } from './reading.ts';

const text = (words: string) => Buffer.from(words);
const noise = randomBytes(100_000);
const MEGABYTE = 2 ** 20;
const gunzipped = (bytes: Buffer) => Readable.from([bytes]).pipe(createGunzip());
const read = (bytes: Buffer, limits: Partial<ArchiveLimits> = {}, compressed?: number) =>
  readAll(expandTar(piecesOf(bytes), { ...ARCHIVE_LIMITS, ...limits }, compressed));

describe('a damaged tar archive', () => {
  const first = tarBlocks('0', 'first', text('content'));
  const second = tarBlocks('0', 'second', noise);

  test('gives what lies before the place where it is cut', async () => {
    const archive = Buffer.concat([first, second]);
    expect(await read(archive.subarray(0, first.length + 100))).toEqual({
      seen: [{ name: 'first', content: 'content' }],
      end: 'ARCHIVE_DAMAGED',
    });
    expect(await read(archive.subarray(0, first.length + 5000))).toEqual({
      seen: [
        { name: 'first', content: 'content' },
        { name: 'second', raised: 'ARCHIVE_DAMAGED' },
      ],
      end: 'ARCHIVE_DAMAGED',
    });
  });

  test('is not whole without the blocks that mark its end, even where its members are', async () => {
    const black = Buffer.alloc(512 * 100);
    const archive = Buffer.concat([second, tarBlocks('0', 'black', black)]);
    for (const cut of [archive, Buffer.concat([archive, TAR_END.subarray(512)])]) {
      expect(await read(cut)).toEqual({
        seen: [
          { name: 'second', content: shown(noise) },
          { name: 'black', content: shown(black) },
        ],
        end: 'ARCHIVE_DAMAGED',
      });
    }
    expect(await read(Buffer.alloc(0))).toEqual({ seen: [], end: 'ARCHIVE_DAMAGED' });
  });

  test('is not whole when it ends between a long name and the member that has it', async () => {
    const name = tarBlocks('L', '././@LongLink', text('long name\0'));
    const pax = tarBlocks('x', 'x', text('13 path=name\n'));
    for (const header of [name, pax]) {
      expect(await read(Buffer.concat([first, header]))).toMatchObject({ seen: [{}], end: 'ARCHIVE_DAMAGED' });
      expect(await read(Buffer.concat([first, header.subarray(0, 600)]))).toMatchObject({
        seen: [{}],
        end: 'ARCHIVE_DAMAGED',
      });
    }
  });

  test('ends at a header whose checksum is wrong', async () => {
    const broken = Buffer.from(second);
    broken[0] = 'S'.charCodeAt(0);
    expect(await read(Buffer.concat([first, broken, TAR_END]))).toEqual({
      seen: [{ name: 'first', content: 'content' }],
      end: 'ARCHIVE_DAMAGED',
    });
  });

  test.each(['0 path=x\n', '99 path=x\n', 'path=x\n', '5 xx\n', '-9 path=x\n', ''])(
    'loses at most a name by a pax header that is none: %j',
    async (records) => {
      const archive = Buffer.concat([first, tarBlocks('x', 'x', text(records)), second, TAR_END]);
      const { seen, end } = await read(archive);
      expect(end).toBeUndefined();
      expect(seen.map(({ content }) => content)).toEqual(['content', shown(noise)]);
    },
  );

  test('ends at a header that states no size', async () => {
    const invalid = (type: string, ...size: number[]) => {
      const block = tarBlocks(type, 'invalid', Buffer.alloc(0));
      Buffer.from(size).copy(block, 124);
      return withChecksum(block);
    };
    const headers = [
      tarBlocks('x', 'x', text('20 size=many, or so\n')),
      // Binary numbers: of no known form, negative, and too large.
      invalid('0', 0xc0, 1),
      invalid('5', 0xc0, 1),
      invalid('0', 0xff, 0xff),
      invalid('0', 0x80, 0x7f),
    ];
    for (const header of headers) {
      const archive = Buffer.concat([first, header, second, TAR_END]);
      expect(await read(archive)).toEqual({ seen: [{ name: 'first', content: 'content' }], end: 'ARCHIVE_DAMAGED' });
    }
  });

  test('shows in a broken gzip stream around it, behind the members that are whole', async () => {
    const packed = gzipSync(Buffer.concat([first, second, TAR_END]));
    expect(await readAll(expandTar(gunzipped(packed)))).toMatchObject({ seen: [{}, { content: shown(noise) }] });
    const expected = { name: 'second', raised: 'ARCHIVE_DAMAGED' };
    const cut = packed.subarray(0, 50_000);
    expect(await readAll(expandTar(gunzipped(cut)))).toEqual({
      seen: [{ name: 'first', content: 'content' }, expected],
      end: 'ARCHIVE_DAMAGED',
    });
    packed[packed.length - 6] = (packed.at(-6) ?? 0) ^ 1;
    expect(await readAll(expandTar(gunzipped(packed)))).toMatchObject({ end: 'ARCHIVE_DAMAGED' });
  });

  test('is another matter than a stream that fails', async () => {
    const failing = async function* () {
      yield first;
      throw new DumpError('FILE_UNREADABLE', 'the disk is broken');
    };
    await expect(readAll(expandTar(failing()))).rejects.toBeInstanceOf(DumpError);
  });
});

describe('the limits of a tar archive', () => {
  test('give the members within them', async () => {
    const archive = await makeTar(['a', 'b', 'c'].map((name) => ({ name, content: text(name.repeat(10)) })));
    const names = async (limits: Partial<ArchiveLimits>) => {
      const { seen, end } = await read(archive, limits);
      return [...seen.map(({ name, raised }) => raised ?? name), end];
    };
    expect(await names({ members: 3, memberBytes: 10 })).toEqual(['a', 'b', 'c', undefined]);
    expect(await names({ members: 2 })).toEqual(['a', 'b', 'ARCHIVE_LIMIT']);
    expect(await names({ memberBytes: 9 })).toEqual(['ARCHIVE_LIMIT', 'ARCHIVE_LIMIT', 'ARCHIVE_LIMIT', undefined]);
    expect(await names({ totalBytes: 1500 })).toEqual(['a', 'ARCHIVE_LIMIT']);
  });

  test('stop what grows too far out of a few compressed bytes, even where no member is', async () => {
    for (const bytes of [Buffer.alloc(20 * MEGABYTE), tarBlocks('0', 'bomb', Buffer.alloc(20 * MEGABYTE))]) {
      const packed = gzipSync(bytes);
      const members = expandTar(gunzipped(packed), ARCHIVE_LIMITS, packed.length);
      expect(await readAll(members)).toMatchObject({ end: 'ARCHIVE_LIMIT' });
    }
  });

  test('do not stop what is not compressed', async () => {
    expect(await read(Buffer.alloc(20 * MEGABYTE))).toEqual({ seen: [] });
  });
});
