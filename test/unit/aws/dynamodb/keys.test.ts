import { describe, expect, test } from '@jest/globals';
import { arrivalKey, checkpointKey, findingKey, pageKey } from '../../../../functions/aws/dynamodb/keys.ts';
import { type FileKey, fileItem } from '../../../../functions/core/ids.ts';
import { jobId } from '../../../contract/samples.ts';

const SORT_KEY_BYTES = 1024;
const sortKey = (name: string) => findingKey(jobId(), fileItem(name as FileKey)).sk;

describe('sort keys of findings', () => {
  test('are the items themselves as long as they fit', () => {
    const longest = `/${'x'.repeat(SORT_KEY_BYTES - 1)}`;
    expect(sortKey(longest)).toBe(longest);
    expect(Buffer.byteLength(sortKey(`${longest}y`))).toBe(SORT_KEY_BYTES);
  });

  test.each(['x', 'ü', '€', '\u{1f600}'])('are shortened between characters: %s', (character) => {
    for (const offset of ['', 'a', 'ab', 'abc']) {
      const key = sortKey(`/${offset}${character.repeat(2000)}`);
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(SORT_KEY_BYTES);
      expect(Buffer.byteLength(key)).toBeGreaterThan(SORT_KEY_BYTES - 4);
      expect(key).toMatch(new RegExp(`^/${offset}(${character})+%#[0-9a-f]{64}$`, 'u'));
    }
  });

  test('differ for names that differ behind what fits', () => {
    const long = `/${'x'.repeat(3000)}`;
    expect(sortKey(`${long}a`)).not.toBe(sortKey(`${long}b`));
    expect(sortKey(`${long}a`)).toBe(sortKey(`${long}a`));
  });
});

test('numbers in keys are ordered as text', () => {
  const ordered = (keys: readonly string[]) => expect([...keys].sort()).toEqual(keys);
  ordered([0, 9, 10, 99, 100, 9_999_999_999].map((n) => pageKey(jobId(), 1, n).sk));
  ordered([0, 9, 10, 99, 100, 9_999_999_999].map((n) => arrivalKey(jobId(), n).sk));
  ordered([1, 9, 10, 999_999].map((n) => checkpointKey(jobId(), n).sk));
});
