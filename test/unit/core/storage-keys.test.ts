import { expect, test } from '@jest/globals';
import { parseStorageKeys } from '../../../functions/core/storage-keys.ts';
import { refusal } from '../local/refusal.ts';

const base64 = (byte: number, length = 32) => Buffer.alloc(length, byte).toString('base64');
const parse = (text: string) => parseStorageKeys(text, 'the secret', 'write them so');

test('keys by their numbers', () => {
  const keys = parse(JSON.stringify({ 1: base64(1), 42: `${base64(2)}\n` }));
  expect(keys.map(([number, key]) => [number, key.length, key[0]])).toEqual([
    [1, 32, 1],
    [42, 32, 2],
  ]);
  expect(parse('{}')).toEqual([]);
});

test.each(['', 'no JSON', '[]', '{"a": "x"}', `{"1": ${JSON.stringify([base64(7)])}}`])('%j is refused', (text) => {
  expect(refusal(() => parse(text))).toBe('the secret holds no keys by their numbers; write them so');
});

test.each([base64(7, 31), base64(7, 33), 'no base64 at all', ''])('the key %j is refused and not quoted', (key) => {
  expect(refusal(() => parse(JSON.stringify({ 3: key })))).toBe('the secret: key 3 is not the base64 of 32 bytes');
});
