import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { expandTar } from '../../../../functions/dicom/archive/expand.ts';
import { makeTar, paxRecord, TAR_END, tarBlocks, withChecksum } from '../../../support/archives.ts';
import { piecesOf, readAll, shown } from './reading.ts';

const text = (words: string) => Buffer.from(words);
const large = randomBytes(300_001);
const longName = `${'1.2.840.113619/'.repeat(20)}image`;
const read = (...parts: Buffer[]) => readAll(expandTar(piecesOf(Buffer.concat(parts))));

describe('the members of a tar archive', () => {
  test('come with their contents, however the stream is cut', async () => {
    const archive = await makeTar([
      { name: 'small', content: text('a few words') },
      { name: 'empty' },
      { name: longName, content: large },
      { name: 'Müller', content: Buffer.alloc(1024, 'm') },
    ]);
    for (const size of [7, 512, 700, 65_536, archive.length]) {
      expect(await readAll(expandTar(piecesOf(archive, size)))).toEqual({
        seen: [
          { name: 'small', content: 'a few words' },
          { name: 'empty', content: '' },
          { name: longName, content: shown(large) },
          { name: 'Müller', content: shown(Buffer.alloc(1024, 'm')) },
        ],
      });
    }
  });

  test('are files alone: no directories, links, pipes or devices', async () => {
    const archive = await makeTar([
      { name: 'folder', type: 'directory' },
      { name: 'folder/a', content: text('a') },
      { name: 'symbolic', type: 'symlink', linkname: 'folder/a' },
      { name: 'hard', type: 'link', linkname: 'folder/a' },
      { name: 'pipe', type: 'fifo' },
      { name: 'device', type: 'character-device' },
      { name: 'folder/b', content: text('b') },
    ]);
    const members = [];
    for await (const { index, name, size } of expandTar(piecesOf(archive))) members.push({ index, name, size });
    expect(members).toEqual([
      { index: 0, name: 'folder/a', size: 1 },
      { index: 1, name: 'folder/b', size: 1 },
    ]);
  });

  test('have names of any length in the form of GNU', async () => {
    const { seen } = await read(
      tarBlocks('L', '././@LongLink', text(`${longName}\0`)),
      tarBlocks('0', longName, text('content')),
      tarBlocks('0', 'short', text('more')),
      TAR_END,
    );
    expect(seen).toEqual([
      { name: longName, content: 'content' },
      { name: 'short', content: 'more' },
    ]);
  });

  test('are not confused by long names of links', async () => {
    const { seen } = await read(
      tarBlocks('K', '././@LongLink', text(`${longName}\0`)),
      tarBlocks('2', 'link', Buffer.alloc(0)),
      tarBlocks('0', 'file', text('content')),
      TAR_END,
    );
    expect(seen).toEqual([{ name: 'file', content: 'content' }]);
  });

  test('come from archives older than POSIX, where a slash makes a directory', async () => {
    const { seen } = await read(
      tarBlocks('\0', 'folder/', Buffer.alloc(0), ''),
      tarBlocks('\0', 'folder/file', text('content'), ''),
      TAR_END,
    );
    expect(seen).toEqual([{ name: 'folder/file', content: 'content' }]);
  });

  test('have the size that a pax header or a binary number gives them', async () => {
    const content = Buffer.alloc(2000, 'c');
    const octal = tarBlocks('0', 'pax', content, 'ustar\x0000');
    octal.write('00000000000\0', 124);
    const binary = tarBlocks('0', 'binary', content);
    binary.fill(0, 124, 136);
    binary[124] = 0x80;
    binary.writeUInt32BE(2000, 132);
    const { seen } = await read(
      tarBlocks('g', 'pax_global_header', paxRecord('comment', 'whatever')),
      tarBlocks('x', 'PaxHeaders/pax', Buffer.concat([paxRecord('size', '2000'), paxRecord('mtime', '1.5')])),
      Buffer.concat([withChecksum(octal.subarray(0, 512)), octal.subarray(512)]),
      Buffer.concat([withChecksum(binary.subarray(0, 512)), binary.subarray(512)]),
      TAR_END,
    );
    expect(seen).toEqual([
      { name: 'pax', content: shown(content) },
      { name: 'binary', content: shown(content) },
    ]);
  });

  test('are refused where what lies in the archive is not their content', async () => {
    const { seen, end } = await read(
      tarBlocks('S', 'sparse, GNU', text('data without holes')),
      tarBlocks(
        'x',
        'x',
        Buffer.concat([paxRecord('GNU.sparse.major', '1'), paxRecord('GNU.sparse.name', 'sparse, pax')]),
      ),
      tarBlocks('0', 'GNUSparseFile.0/sparse', text('1\n0\n5\n')),
      tarBlocks('M', 'second half', text('half')),
      tarBlocks('Z', 'nobody knows', text('whatever')),
      tarBlocks('1', 'link with a size', text('the content, or another member')),
      tarBlocks('0', '/absolute', text('x')),
      tarBlocks('0', 'good', text('good')),
      TAR_END,
    );
    const refused = (name: string, problem: string) => ({ name, problem, raised: problem });
    expect(seen).toEqual([
      refused('sparse, GNU', 'ARCHIVE_UNSUPPORTED'),
      refused('sparse, pax', 'ARCHIVE_UNSUPPORTED'),
      refused('second half', 'ARCHIVE_UNSUPPORTED'),
      refused('nobody knows', 'ARCHIVE_UNSUPPORTED'),
      refused('link with a size', 'ARCHIVE_UNSUPPORTED'),
      refused('/absolute', 'ARCHIVE_UNSAFE_PATH'),
      { name: 'good', content: 'good' },
    ]);
    expect(end).toBeUndefined();
  });

  test('are never lost without a word behind a sparse file with a long map', async () => {
    const sparse = tarBlocks('S', 'sparse', text('data without holes'));
    sparse[482] = 1;
    const map = Buffer.alloc(512, 'map\0');
    const { seen, end } = await read(
      Buffer.concat([withChecksum(sparse.subarray(0, 512)), map, sparse.subarray(512)]),
      tarBlocks('0', 'behind', text('content')),
      TAR_END,
    );
    expect(seen).toEqual([{ name: 'sparse', problem: 'ARCHIVE_UNSUPPORTED', raised: 'ARCHIVE_UNSUPPORTED' }]);
    expect(end).toBe('ARCHIVE_DAMAGED');
  });

  test('have names of any bytes, and directories of any size have none', async () => {
    const folder = tarBlocks('5', 'folder', Buffer.alloc(0));
    folder.write('00000001000\0', 124);
    const { seen } = await read(
      withChecksum(folder),
      tarBlocks('0', Buffer.from([0x4d, 0xfc, 0x6c, 0x6c, 0x65, 0x72]), text('Latin1')),
      tarBlocks('0', 'Müller', text('UTF-8')),
      tarBlocks('x', 'x', paxRecord('path', 'Müller, 漢字')),
      tarBlocks('0', 'short', text('pax')),
      TAR_END,
    );
    expect(seen).toEqual([
      { name: 'M%FCller', content: 'Latin1' },
      { name: 'Müller', content: 'UTF-8' },
      { name: 'Müller, 漢字', content: 'pax' },
    ]);
  });

  test('go on behind the end of an archive to which another one was joined', async () => {
    const { seen, end } = await read(
      await makeTar([{ name: 'a', content: text('a') }]),
      await makeTar([{ name: 'b', content: text('b') }]),
    );
    expect(seen.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(end).toBeUndefined();
  });
});

describe('the content of a member', () => {
  test('is skipped where it is not read to its end', async () => {
    const archive = await makeTar([
      { name: 'a', content: large },
      { name: 'b', content: text('b') },
      { name: 'c', content: text('c') },
    ]);
    const names = [];
    for await (const { name, content } of expandTar(piecesOf(archive))) {
      names.push(name);
      if (name === 'a') for await (const piece of content()) if (piece.length > 0) break;
    }
    expect(names).toEqual(['a', 'b', 'c']);
  });

  test('is read little further than somebody takes it, and leaving early closes the stream', async () => {
    let pieces = 0;
    let closed = false;
    const archive = tarBlocks('0', 'a', Buffer.alloc(1_000_000));
    const stream = async function* () {
      try {
        for await (const piece of piecesOf(archive)) {
          pieces += 1;
          yield piece;
        }
      } finally {
        closed = true;
      }
    };
    for await (const member of expandTar(stream())) {
      expect((await member.content().next()).done).toBe(false);
      await setImmediate();
      break;
    }
    expect(closed).toBe(true);
    // Of 1000; some 16 KiB in each of the two buffers of tar-stream.
    expect(pieces).toBeLessThan(50);
  });
});
