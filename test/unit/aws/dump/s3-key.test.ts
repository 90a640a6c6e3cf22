import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isS3Key, parseS3Key, type S3Object, s3Key } from '../../../../functions/aws/dump/s3-key.ts';
import { compareUtf8 } from '../../../../functions/aws/dump/utf8-order.ts';
import { type FileKey, fileItem } from '../../../../functions/core/ids.ts';

const special = fc.constantFrom(
  ' ',
  '+',
  '%',
  '?',
  '&',
  '#',
  '\n',
  '\0',
  '/',
  '=',
  'ü',
  '東',
  '😀',
  '\u007f',
  '%00',
  '..',
  'a',
);
/** Up to 1024 bytes, as S3 allows. */
const key = fc
  .array(fc.oneof(special, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 60 })
  .map((parts) => parts.join(''))
  .filter((text) => Buffer.byteLength(text) <= 1024);
const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 });
const object: fc.Arbitrary<S3Object> = fc.record(
  {
    bucket: fc.constantFrom('exports', 'a.b-c', '123'),
    key,
    upload: fc.oneof(
      value.map((versionId) => ({ versionId })),
      value.map((etag) => ({ etag })),
    ),
  },
  { requiredKeys: ['bucket', 'key'] },
);

describe('keys of objects', () => {
  test('are the URLs themselves where a key is plain text', () => {
    for (const plain of ['2024/IM 0001.dcm', 'Müller+Söhne/東京/😀', 'a&b#c=d//e', '../x/./y'])
      expect(s3Key({ bucket: 'exports', key: plain })).toBe(`s3://exports/${plain}`);
  });

  test('percent-encode %, ? and control characters', () => {
    expect(s3Key({ bucket: 'exports', key: '100%/a\nb?\u007f' })).toBe('s3://exports/100%25/a%0Ab%3F%7F');
  });

  test('name one upload by its version or its ETag', () => {
    const replaced = { bucket: 'exports', key: 'a?b' };
    expect(s3Key({ ...replaced, upload: { versionId: '3/L4kqtJ' } })).toBe('s3://exports/a%3Fb?versionId=3/L4kqtJ');
    expect(s3Key({ ...replaced, upload: { etag: '9bb58f26-2' } })).toBe('s3://exports/a%3Fb?etag=9bb58f26-2');
  });

  test('give everything back, and are one line', () => {
    fc.assert(
      fc.property(object, (wanted) => {
        const made = s3Key(wanted);
        expect(parseS3Key(made)).toEqual(wanted);
        expect(isS3Key(made)).toBe(true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
        expect(made).not.toMatch(/[\u0000-\u001f\u007f]|%(?![0-9A-F]{2})|%00/);
      }),
      { numRuns: 3000 },
    );
  });

  test('are different for different objects, members of archives included', () => {
    fc.assert(
      fc.property(object, object, (one, other) => {
        fc.pre(JSON.stringify(parseS3Key(s3Key(one))) !== JSON.stringify(parseS3Key(s3Key(other))));
        expect(s3Key(one)).not.toBe(s3Key(other));
        expect(fileItem(s3Key(one), 1)).not.toBe(s3Key(other));
      }),
    );
  });

  test.each([
    '/folder/file',
    's3://',
    's3://bucket',
    's3:///key',
    's3://b/a%2',
    's3://b/a%zz',
    's3://b/%E4',
    's3://b/a?b',
  ])('are refused when they are none: %s', (text) => {
    expect(() => parseS3Key(text as FileKey)).toThrow(expect.objectContaining({ code: 'FILE_KEY_INVALID' }));
  });
});

test('the order of keys is that of their bytes in UTF-8', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '/', 'é', '\uffee', '\u{10000}', '😀', '\ud7ff', '\ue000'),
  });
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
    { numRuns: 2000 },
  );
});
