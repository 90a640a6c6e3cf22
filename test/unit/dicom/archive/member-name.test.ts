import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isUnsafe, nameText } from '../../../../functions/dicom/archive/member-name.ts';

const bytesOf = (text: string) =>
  Buffer.concat(
    text
      .split(/(%[0-9A-F]{2})/)
      .map((part) => (part.startsWith('%') ? Buffer.from(part.slice(1), 'hex') : Buffer.from(part))),
  );

describe('the name of a member', () => {
  test('is text as it stands, but for bytes that are none, control characters and %', () => {
    expect(nameText(Buffer.from('Müller/中/1.dcm'))).toBe('Müller/中/1.dcm');
    expect(nameText(Buffer.from('M\xfcller', 'latin1'))).toBe('M%FCller');
    expect(nameText(Buffer.from('\xe4\xb8中%', 'latin1'))).not.toContain('\ufffd');
    expect(nameText(Buffer.from('100 %\n\x7f'))).toBe('100 %25%0A%7F');
  });

  test('says exactly which bytes it has', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
        expect(bytesOf(nameText(Buffer.from(bytes))).equals(bytes)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 2 }), (text, bytes) => {
        const name = Buffer.concat([Buffer.from(text), bytes, Buffer.from(text)]);
        expect(bytesOf(nameText(name)).equals(name)).toBe(true);
      }),
    );
  });

  test.each(['../a', 'a/../../b', '..', 'a\\..\\b', '/etc/passwd', '\\\\server\\share', 'C:\\a', 'c:a', 'a\0b'])(
    'is unsafe: %j',
    (name) => {
      expect(isUnsafe(Buffer.from(name))).toBe(true);
    },
  );

  test.each(['a', './a', 'a..b', '...', 'a/..b/c..', 'folder/a:b', '', ' /a'])('is safe: %j', (name) => {
    expect(isUnsafe(Buffer.from(name))).toBe(false);
  });
});
