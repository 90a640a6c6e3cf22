import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeKey, encodeKey } from '../../../../cli/local/dump/file-key.ts';
import type { FileKey } from '../../../../functions/core/ids.ts';

/** Bytes of a name, with many that begin or continue a UTF-8 character. */
const byte = fc.oneof(
  fc.integer({ min: 1, max: 255 }),
  fc.constantFrom(0x25, 0x30, 0x7f, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0x98, 0x80, 0xf4, 0x90),
);
const name = fc.array(byte, { maxLength: 40 }).map((bytes) => Buffer.from(bytes));

describe('keys of files', () => {
  test('are the names themselves where those are plain text in UTF-8', () => {
    for (const text of ['/data/IM 0001.dcm', '/Müller/Ä', '/東京/😀', '/a&b/$#~^`'])
      expect(encodeKey(Buffer.from(text))).toBe(text);
  });

  test('percent-encode %, control characters and bytes that are no UTF-8', () => {
    expect(encodeKey(Buffer.from('/100%/a\nb\u007f\u0001'))).toBe('/100%25/a%0Ab%7F%01');
    expect(encodeKey(Buffer.from([0x2f, 0xe4, 0x2f, 0xc3, 0xa4]))).toBe('/%E4/ä');
    // A surrogate, an overlong form and a character that is cut off.
    expect(encodeKey(Buffer.from([0xed, 0xa0, 0x80]))).toBe('%ED%A0%80');
    expect(encodeKey(Buffer.from([0xc0, 0xaf]))).toBe('%C0%AF');
    expect(encodeKey(Buffer.from([0xe2, 0x82]))).toBe('%E2%82');
  });

  test('give every name back, byte by byte, and are text without control characters', () => {
    fc.assert(
      fc.property(name, (bytes) => {
        const key = encodeKey(bytes);
        expect(decodeKey(key).equals(bytes)).toBe(true);
        expect(key.isWellFormed()).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
        expect(key).not.toMatch(/[\u0000-\u001f\u007f]|%(?![0-9A-F]{2})/);
      }),
      { numRuns: 3000 },
    );
  });

  test('with a % that encodes nothing are refused', () => {
    for (const text of ['/a%', '/a%2', '/a%zz'])
      expect(() => decodeKey(text as FileKey)).toThrow(expect.objectContaining({ code: 'FILE_KEY_INVALID' }));
  });
});
