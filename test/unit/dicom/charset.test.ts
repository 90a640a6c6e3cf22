import { expect, test } from '@jest/globals';
import { decode } from '../../../functions/dicom/charset.ts';

const raw = (text: string) => Buffer.from(text, 'latin1');

test('ASCII is certain whatever the charset and the server', () => {
  for (const charset of [undefined, '', 'ISO_IR 192', '\\ISO 2022 IR 87', 'FOO']) {
    expect(decode(raw(' Smith 1'), charset, undefined)).toEqual({ text: ' Smith 1', certain: true });
  }
});

test.each([
  ['ISO_IR 100', 'M\xfcller', 'Müller'],
  ['ISO_IR 101', '\xb1', 'ą'],
  ['ISO_IR 148', '\xfd\xfe\xe7', 'ışç'],
  ['ISO_IR 144', '\xbb\xee', 'Лю'],
  ['ISO_IR 192', 'Z\xc3\xbc', 'Zü'],
  ['GB18030', '\xcd\xf5', '王'],
  ['ISO_IR 6', 'a\xe9b', 'ab'],
  ['no such charset', 'a\xe9b', 'ab'],
])('%s: what Orthanc 1.10.1 and 1.13.0 make of it', (charset, text, expected) => {
  expect(decode(raw(text), charset, 'Greek')).toEqual({ text: expected, certain: true });
});

test.each([
  ['\\ISO 2022 IR 149', '\x1b$)C\xb1\xe8', '김'],
  ['ISO 2022 IR 100\\ISO 2022 IR 144', 'a\xe9 \x1b-L\xb8', 'aé ¸'],
  ['ISO_IR_101', '\xb1', 'ą'],
  ['ISO_IR 192', 'a\xffb', 'ab'],
  ['ISO_IR 13', 'a~', 'a‾'],
])('%s: a guess', (charset, text, expected) => {
  expect(decode(raw(text), charset, 'Latin1')).toEqual({ text: expected, certain: false });
});

test('without a charset the encoding of the server counts, and Latin1 is a guess where that is not known', () => {
  expect(decode(raw('\xe9'), undefined, 'Cyrillic')).toEqual({ text: 'щ', certain: true });
  expect(decode(raw('\xe9'), '', 'utf8')).toEqual({ text: '', certain: false });
  expect(decode(raw('\xe9'), ' ', undefined)).toEqual({ text: 'é', certain: false });
  expect(decode(raw('\xe9'), undefined, 'Klingon')).toEqual({ text: 'é', certain: false });
});
