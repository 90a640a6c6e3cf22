import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { expandZip } from '../../../../functions/dicom/archive/expand.ts';
import { makeZip } from '../../../support/archives.ts';
import { fileOf, readAll, shown, wholeOf } from './reading.ts';

const text = (words: string) => Buffer.from(words);
const large = randomBytes(1_500_000);

describe('the members of a ZIP archive', () => {
  test.each([
    ['deflated', {}],
    ['stored', { method: 0 }],
    ['deflated, with a data descriptor', { descriptor: true }],
    ['deflated, with ZIP64 sizes', { zip64: true }],
    ['stored, with ZIP64 sizes and a data descriptor', { method: 0, zip64: true, descriptor: true }],
  ])('come with their contents: %s', async (_, how) => {
    const archive = makeZip(
      [
        { name: 'small', content: text('a few words'), ...how },
        { name: 'empty', content: Buffer.alloc(0), ...how },
        { name: 'large', content: large, ...how },
      ],
      { zip64: 'zip64' in how },
    );
    expect(await readAll(expandZip(fileOf(archive)))).toEqual({
      seen: [
        { name: 'small', content: 'a few words' },
        { name: 'empty', content: '' },
        { name: 'large', content: shown(large) },
      ],
    });
  });

  test('state their sizes and are numbered without directories and links', async () => {
    const archive = makeZip([
      { name: 'folder/', content: Buffer.alloc(0), method: 0 },
      { name: 'folder\\', content: Buffer.alloc(0), method: 0 },
      { name: 'link', content: text('folder/a'), mode: 0o120777 },
      { name: 'pipe', content: Buffer.alloc(0), mode: 0o010644 },
      { name: 'folder/a', content: text('one'), mode: 0o100644 },
      { name: 'folder/b', content: text('three') },
    ]);
    const members = [];
    for await (const { index, name, size } of expandZip(fileOf(archive))) members.push({ index, name, size });
    expect(members).toEqual([
      { index: 0, name: 'folder/a', size: 3 },
      { index: 1, name: 'folder/b', size: 5 },
    ]);
  });

  test('are files too where they were packed from a pipe', async () => {
    // As `zip archive.zip -` of Info-ZIP does.
    const archive = makeZip([{ name: '-', content: text('content'), mode: 0o010600 }]);
    expect(await readAll(expandZip(fileOf(archive)))).toEqual({ seen: [{ name: '-', content: 'content' }] });
  });

  test('may have the same name twice', async () => {
    const archive = makeZip([
      { name: 'a', content: text('first') },
      { name: 'a', content: text('second') },
    ]);
    const { seen } = await readAll(expandZip(fileOf(archive)));
    expect(seen.map(({ content }) => content)).toEqual(['first', 'second']);
  });

  test('are none in an empty archive, with a comment too', async () => {
    expect(await readAll(expandZip(fileOf(makeZip([]))))).toEqual({ seen: [] });
    expect(await readAll(expandZip(fileOf(makeZip([], { comment: text('nothing in here') }))))).toEqual({ seen: [] });
  });

  test('are all there when their number did not fit into the 16 bits that state it', async () => {
    const members = Array.from({ length: 65_540 }, (_, at) => ({ name: `${at}`, content: Buffer.alloc(0), method: 0 }));
    const archive = makeZip(members, { count: members.length % 65_536 });
    const names = [];
    for await (const { name } of expandZip(fileOf(archive))) names.push(name);
    expect(names.join()).toBe(members.map(({ name }) => name).join());
  });

  test('are had in spite of those that cannot be had', async () => {
    const archive = makeZip([
      { name: 'encrypted', content: text('secret'), flags: 1 },
      { name: 'strongly encrypted', content: text('secret'), flags: 0x41 },
      { name: '../outside', content: text('x') },
      { name: 'LZMA', content: text('x'), method: 14 },
      { name: 'stored, but not so', content: text('x'), method: 0, stated: { size: 7 } },
      { name: 'good', content: text('good') },
    ]);
    const refused = (name: string, problem: string) => ({ name, problem, raised: problem });
    expect(await readAll(expandZip(fileOf(archive)))).toEqual({
      seen: [
        refused('encrypted', 'ARCHIVE_ENCRYPTED'),
        refused('strongly encrypted', 'ARCHIVE_ENCRYPTED'),
        refused('../outside', 'ARCHIVE_UNSAFE_PATH'),
        refused('LZMA', 'ARCHIVE_UNSUPPORTED'),
        refused('stored, but not so', 'ARCHIVE_DAMAGED'),
        { name: 'good', content: 'good' },
      ],
    });
  });
});

describe('the content of a member', () => {
  const archive = makeZip([
    { name: 'a', content: large },
    { name: 'b', content: text('b') },
  ]);

  test('is skipped where it is not read to its end', async () => {
    const names = [];
    for await (const { name, content } of expandZip(fileOf(archive))) {
      names.push(name);
      if (name === 'a') for await (const piece of content()) if (piece.length > 0) break;
    }
    expect(names).toEqual(['a', 'b']);
  });

  test('is closed when the next member is asked for, and cannot be had any more', async () => {
    const members = expandZip(fileOf(archive));
    const first = (await members.next()).value;
    if (!first) throw new Error('no member');
    const content = first.content();
    expect((await content.next()).done).toBe(false);
    expect((await members.next()).value).toMatchObject({ name: 'b' });
    expect(await content.next()).toEqual({ done: true, value: undefined });
    expect(() => first.content()).toThrow('once');
    await members.return();
  });

  test('leaves no reading under way when everything is closed in the middle of it', async () => {
    let running = 0;
    const { size, read } = fileOf(archive);
    const slow = async (into: Uint8Array, position: number) => {
      running += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      running -= 1;
      return read(into, position);
    };
    const members = expandZip({ size, read: slow });
    const content = (await members.next()).value?.content();
    expect((await content?.next())?.done).toBe(false);
    await members.return();
    expect(running).toBe(0);
  });

  test('is read no further than somebody takes it', async () => {
    let furthest = 0;
    const stored = makeZip([{ name: 'a', content: Buffer.alloc(8_000_000, 'x'), method: 0 }]);
    const { size, read } = fileOf(stored);
    const watched = (into: Uint8Array, position: number) => {
      // The directory lies at the end.
      if (position < 7_000_000) furthest = Math.max(furthest, position + into.length);
      return read(into, position);
    };
    for await (const member of expandZip({ size, read: watched })) {
      expect((await member.content().next()).done).toBe(false);
    }
    expect(furthest).toBeGreaterThan(0);
    expect(furthest).toBeLessThan(1_000_000);
  });

  test('takes one reading of the file where it is small', async () => {
    let readings = 0;
    const { size, read } = fileOf(makeZip([{ name: 'a', content: randomBytes(100_000) }]));
    const counted = (into: Uint8Array, position: number) => {
      readings += 1;
      return read(into, position);
    };
    const members = expandZip({ size, read: counted });
    const { value } = await members.next();
    const before = readings;
    if (value) expect(await wholeOf(value.content())).toHaveLength(100_000);
    expect(readings - before).toBe(1);
    await members.return();
  });
});
