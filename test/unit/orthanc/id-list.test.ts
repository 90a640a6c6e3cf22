import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { OrthancId } from '../../../functions/core/ids.ts';
import { readIdList, sortedUnique } from '../../../functions/orthanc/id-list.ts';

const id = (n: number) =>
  n
    .toString(16)
    .padStart(40, '0')
    .replace(/(.{8})(?=.)/g, '$1-') as OrthancId;

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < text.length; at += size) yield Buffer.from(text.slice(at, at + size));
}
const read = (text: string, size = 7) => readIdList(pieces(text, size));

describe('readIdList', () => {
  test('reads what JSON.parse would, wherever the pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat()),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(undefined, 3),
        async (numbers, size, indent) => {
          const ids = numbers.map(id);
          expect(await read(JSON.stringify(ids, undefined, indent), size)).toEqual(ids);
        },
      ),
    );
  });

  test.each([
    ['an empty body', ''],
    ['HTML', '<html></html>'],
    ['an object', '{}'],
    ['a text that is no ID', '["1.2.3"]'],
    ['an ID with a wrong digit', `["${id(1).replace('0', 'x')}"]`],
    ['a list of lists', `[["${id(1)}"]]`],
    ['something after the list', `["${id(1)}"] ["${id(2)}"]`],
    ['an ID outside a list', `"${id(1)}"`],
  ])('rejects %s', async (_, text) => {
    expect(await read(text)).toBeUndefined();
  });

  test('rejects a list that is cut anywhere', async () => {
    const text = JSON.stringify([id(1), id(2)]);
    for (let length = 0; length < text.length; length++) expect(await read(text.slice(0, length))).toBeUndefined();
  });
});

test('sortedUnique sorts and drops duplicates', () => {
  expect(sortedUnique([id(3), id(1), id(3), id(2), id(1)])).toEqual([id(1), id(2), id(3)]);
  expect(sortedUnique([id(1), id(1), id(2)])).toEqual([id(1), id(2)]);
  expect(sortedUnique([])).toEqual([]);
});
