import { expect, describe as group, test } from '@jest/globals';
import { describe } from '../../../functions/dicom/describe.ts';
import {
  BIG_ENDIAN,
  described,
  EXPLICIT,
  EXPLICIT_SYNTAX,
  el,
  headOf,
  IMPLICIT,
  identity,
  mark,
  part10,
  pixels,
  type Syntax,
  UNDEFINED,
} from './data-sets.ts';

const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];

function sequence(tag: number, syntax: Syntax, ...items: Buffer[]): Buffer {
  const open = el(tag, 'SQ', '', syntax, UNDEFINED);
  return Buffer.concat([open, ...items, mark(SEQUENCE_END, 0, syntax)]);
}

function openItem(syntax: Syntax, ...elements: Buffer[]): Buffer {
  return Buffer.concat([mark(ITEM, UNDEFINED, syntax), ...elements, mark(ITEM_END, 0, syntax)]);
}

function item(syntax: Syntax, ...elements: Buffer[]): Buffer {
  const content = Buffer.concat(elements);
  return Buffer.concat([mark(ITEM, content.length, syntax), content]);
}

const syntaxes: readonly [string, Syntax, string][] = [
  ['explicit', EXPLICIT, EXPLICIT_SYNTAX],
  ['implicit', IMPLICIT, '1.2.840.10008.1.2'],
  ['big endian', BIG_ENDIAN, '1.2.840.10008.1.2.2'],
];

/** Items and sequences of both kinds in each other, private ones too, and an icon whose pixels are not those of the image. */
function nested(syntax: Syntax): Buffer[] {
  const inner = (wrap: typeof item) =>
    wrap(
      syntax,
      el(0x00080100, 'SH', 'CODE', syntax),
      el(0x00091001, 'SV', Buffer.alloc(8, 7), syntax),
      sequence(0x00091010, syntax, openItem(syntax, el(0x00091011, 'OV', Buffer.alloc(16, 9), syntax))),
      pixels(syntax, 8),
    );
  return [
    sequence(0x00400275, syntax, inner(item), inner(openItem)),
    el(0x00400555, 'SQ', Buffer.concat([inner(openItem), inner(item)]), syntax),
    sequence(0x00411001, syntax, openItem(syntax, sequence(0x00411002, syntax))),
  ];
}

group.each(syntaxes)('sequences, %s,', (_, syntax, uid) => {
  const front = Buffer.concat([identity(syntax), ...nested(syntax)]);

  test('are read past, whatever is in them', async () => {
    const image = await described(part10(Buffer.concat([front, pixels(syntax)]), uid));
    expect(image.dicom).toMatchObject({ pixels: 'present', modality: 'CT' });
    expect((await described(part10(front, uid))).dicom).toMatchObject({ pixels: 'missing', modality: 'CT' });
  });

  test('that are cut at any byte never pass for whole, whether the size is known or not', async () => {
    const image = part10(front, uid);
    let start = part10(identity(syntax), uid).length;
    for (const element of nested(syntax)) {
      for (let bytes = 1; bytes < element.length; bytes++) {
        const file = image.subarray(0, start + bytes);
        // Some NULs at the end are padding.
        const expected = element.subarray(0, bytes).every((byte) => byte === 0) ? 'missing' : 'unknown';
        for (const size of [file.length, undefined]) {
          expect((await describe(headOf(file), size, { keys: new Map() })).dicom?.pixels).toBe(expected);
        }
      }
      start += element.length;
    }
  });

  test('longer than what is read first are followed by what is behind them', async () => {
    const codes = Array.from({ length: 2000 }, () => openItem(syntax, el(0x00080100, 'SH', 'CODE', syntax)));
    const long = Buffer.concat([identity(syntax), sequence(0x00400275, syntax, ...codes)]);
    const image = part10(Buffer.concat([long, pixels(syntax, 2_000_000)]), uid);
    const head = headOf(image);
    expect((await describe(head, image.length, { keys: new Map() })).dicom?.pixels).toBe('present');
    expect(head.most).toBeLessThan(200_000);
    expect((await described(part10(long, uid))).dicom?.pixels).toBe('missing');
  });
});

test('fragments of something encapsulated that is not the pixels are read past', async () => {
  const fragments = [mark(ITEM, 0), mark(ITEM, 6), Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0]), mark(SEQUENCE_END, 0)];
  const inside = Buffer.concat([el(0x00291010, 'OB', '', EXPLICIT, UNDEFINED), ...fragments]);
  const image = part10(Buffer.concat([identity(), inside, pixels()]), EXPLICIT_SYNTAX);
  expect((await described(image)).dicom?.pixels).toBe('present');
});

test('an unknown sequence in a big endian data set is little endian inside', async () => {
  const unknown = Buffer.concat([
    el(0x00291010, 'UN', '', BIG_ENDIAN, UNDEFINED),
    openItem(EXPLICIT, el(0x00291011, '', 'abcd', IMPLICIT)),
    mark(SEQUENCE_END, 0),
  ]);
  const image = part10(Buffer.concat([identity(BIG_ENDIAN), unknown, pixels(BIG_ENDIAN)]), '1.2.840.10008.1.2.2');
  expect((await described(image)).dicom?.pixels).toBe('present');
});
