import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, describe as group, test } from '@jest/globals';
import fc from 'fast-check';
import type { Layer } from '../../../functions/core/content.ts';
import { ContentError } from '../../../functions/dicom/content-error.ts';
import { type ContentFile, openContent, PIECE_BYTES } from '../../../functions/dicom/open-content.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { encryptedObject } from '../../support/encrypted.ts';

const key = Buffer.alloc(32, 'first key');
const keys = new Map([[1, key]]);
const encrypted: Layer = { kind: 'encrypted', key: 1 };
const gzip: Layer = { kind: 'gzip' };
const deflated = (size: number): Layer => ({ kind: 'deflated', size });

function fileOf(bytes: Buffer, size = bytes.length): ContentFile {
  return {
    size,
    read: (into, position) =>
      Promise.resolve(bytes.copy(into, 0, position, Math.min(position + into.length, bytes.length))),
  };
}

async function readAll(file: ContentFile, layers: readonly Layer[]): Promise<Buffer> {
  const taken: Buffer[] = [];
  for await (const piece of openContent(file, layers, keys)) {
    expect(piece.length).toBeLessThanOrEqual(PIECE_BYTES);
    taken.push(Buffer.from(piece));
    // A piece is valid only until the next one is asked for: nobody may rely on more.
    piece.fill(0);
  }
  return Buffer.concat(taken);
}

const outcomeOf = (file: Buffer, layers: readonly Layer[]) =>
  readAll(fileOf(file), layers).then(
    () => 'whole',
    (error: unknown) => (error instanceof ContentError ? error.outcome : error),
  );

/** Half noise, half text: neither expands nor shrinks beyond reason. */
function sample(bytes: number): Buffer {
  const content = randomBytes(bytes);
  content.fill('some text of a file ', 0, bytes >> 1);
  return content;
}

const wrappings: readonly [string, (content: Buffer) => Buffer, (size: number) => readonly Layer[]][] = [
  ['no layer', (content) => content, () => []],
  ['compression', compressedAttachment, (size) => [deflated(size)]],
  ['encryption', (content) => encryptedObject(content, key), () => [encrypted]],
  ['both', (content) => encryptedObject(compressedAttachment(content), key), (size) => [encrypted, deflated(size)]],
  ['gzip', (content) => gzipSync(content), () => [gzip]],
  ['gzip around encryption', (content) => gzipSync(encryptedObject(content, key)), () => [gzip, encrypted]],
];

group.each(wrappings)('inside %s', (_, wrap, layersOf) => {
  test.each([1, 15, 16, 17, 1000, PIECE_BYTES - 86, PIECE_BYTES, PIECE_BYTES + 1, 1_500_000, 3_000_000])(
    'a content of %i bytes comes out whole',
    async (size) => {
      const content = sample(size);
      expect((await readAll(fileOf(wrap(content)), layersOf(size))).equals(content)).toBe(true);
    },
  );
});

test.each(wrappings.slice(1))('any change of a bit inside %s is noticed before the end', async (_, wrap, layersOf) => {
  const content = sample(3000);
  const bytes = wrap(content);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      const result = await readAll(fileOf(changed), layersOf(content.length)).catch((error: unknown) => error);
      // A bit that says nothing (of the size prefix, which is known; of the time in a gzip header) changes nothing.
      if (Buffer.isBuffer(result)) expect(result.equals(content)).toBe(true);
      else expect(result).toBeInstanceOf(ContentError);
    }),
    { numRuns: 150 },
  );
});

test.each(wrappings.slice(1))('any cut inside %s is noticed before the end', async (_, wrap, layersOf) => {
  for (const size of [1000, 600_000, 3_000_000]) {
    const bytes = wrap(sample(size));
    for (const length of [0, 1, 9, 70, 80, bytes.length >> 1, bytes.length - 17, bytes.length - 1]) {
      const outcome = await outcomeOf(bytes.subarray(0, length), layersOf(size));
      expect(['FILE_DAMAGED', 'DECRYPTION_FAILED']).toContain(outcome);
    }
  }
});

group('a compressed attachment is damaged', () => {
  test.each([
    ['small', 1000],
    ['large', 2_000_000],
  ])('when it holds another size than stated, or something follows (%s)', async (_, size) => {
    const bytes = compressedAttachment(sample(size));
    expect(await outcomeOf(bytes, [deflated(size - 1)])).toBe('FILE_DAMAGED');
    expect(await outcomeOf(bytes, [deflated(size + 1)])).toBe('FILE_DAMAGED');
    expect(await outcomeOf(Buffer.concat([bytes, Buffer.from('x')]), [deflated(size)])).toBe('FILE_DAMAGED');
    expect(await outcomeOf(Buffer.concat([bytes, Buffer.alloc(900_000)]), [deflated(size)])).toBe('FILE_DAMAGED');
    expect(await outcomeOf(bytes, [deflated(size)])).toBe('whole');
  });
});

test('the tag counts although what is inside has ended before', async () => {
  const bytes = encryptedObject(compressedAttachment(sample(3_000_000)), key);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  expect(await outcomeOf(bytes, [encrypted, deflated(3_000_000)])).toBe('DECRYPTION_FAILED');
});

test('a missing key and a wrong key are told apart', async () => {
  expect(await outcomeOf(encryptedObject(sample(500), key), [{ kind: 'encrypted', key: 2 }])).toBe(
    'STORAGE_KEY_MISSING',
  );
  expect(await outcomeOf(encryptedObject(sample(500), Buffer.alloc(32, 9)), [encrypted])).toBe('DECRYPTION_FAILED');
});

test('a file that has become shorter ends where it ends, a longer one where it ended when it was opened', async () => {
  expect((await readAll(fileOf(Buffer.alloc(100, 1), 200), [])).length).toBe(100);
  expect((await readAll(fileOf(Buffer.alloc(100, 1), 60), [])).length).toBe(60);
});

test.each(wrappings)('what the file raises comes through %s', async (_, wrap, layersOf) => {
  const bytes = wrap(sample(2_000_000));
  const error = new Error('disk');
  const file = fileOf(bytes);
  const failing: ContentFile = {
    size: file.size,
    read: (into, at) => (at > 0 ? Promise.reject(error) : file.read(into, at)),
  };
  await expect(readAll(failing, layersOf(2_000_000))).rejects.toBe(error);
});

test.each(wrappings)('whoever stops early inside %s leaves nothing running', async (_, wrap, layersOf) => {
  const content = openContent(fileOf(wrap(sample(3_000_000))), layersOf(3_000_000), keys);
  expect((await content.next()).done).toBe(false);
  await content.return();
  expect(await content.next()).toEqual({ done: true, value: undefined });
});

test('memory stays flat however much comes out', async () => {
  const size = 300_000_000;
  const bytes = compressedAttachment(Buffer.alloc(size));
  const before = process.memoryUsage.rss();
  let most = 0;
  let total = 0;
  for await (const piece of openContent(fileOf(bytes), [deflated(size)], keys)) {
    total += piece.length;
    most = Math.max(most, process.memoryUsage.rss());
  }
  expect(total).toBe(size);
  expect(most - before).toBeLessThan(100_000_000);
});
