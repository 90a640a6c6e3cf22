import { deflateRawSync } from 'node:zlib';
import { expect, describe as group, test } from '@jest/globals';
import { describe } from '../../../functions/dicom/describe.ts';
import { orthancIds } from '../../support/dicom.ts';
import {
  BIG_ENDIAN,
  CT,
  described,
  EXPLICIT,
  EXPLICIT_SYNTAX,
  el,
  headOf,
  IMPLICIT,
  identity,
  integer,
  mark,
  part10,
  pixels,
  UNDEFINED,
} from './data-sets.ts';

const IDS = orthancIds({ patientId: 'PATIENT', studyUid: '1.2.3', seriesUid: '1.2.3.1', sopUid: '1.2.3.4' });
const WHOLE = {
  instance: IDS.instance,
  study: IDS.study,
  sopInstanceUid: '1.2.3.4',
  uncertain: false,
  modality: 'CT',
  year: '2021',
};
const rows = (syntax = EXPLICIT) => el(0x00280010, 'US', integer(2, 2, syntax), syntax);
const image = (syntax = EXPLICIT) => Buffer.concat([identity(syntax), rows(syntax), pixels(syntax)]);
const [ITEM, ITEM_END, SEQUENCE_END] = [0xfffee000, 0xfffee00d, 0xfffee0dd];

group('a header is read', () => {
  test.each([
    ['explicit', part10(image(), EXPLICIT_SYNTAX)],
    ['implicit', part10(image(IMPLICIT), '1.2.840.10008.1.2')],
    ['big endian', part10(image(BIG_ENDIAN), '1.2.840.10008.1.2.2')],
    ['implicit although the transfer syntax says explicit', part10(image(IMPLICIT), EXPLICIT_SYNTAX)],
    ['explicit although the transfer syntax says implicit', part10(image(), '1.2.840.10008.1.2')],
    ['explicit without a transfer syntax', part10(image())],
    ['implicit without a transfer syntax', part10(image(IMPLICIT))],
    ['big endian without a transfer syntax', part10(image(BIG_ENDIAN))],
    ['deflated', part10(deflateRawSync(image()), '1.2.840.10008.1.2.1.99')],
    ['without a preamble', part10(image(), EXPLICIT_SYNTAX).subarray(132)],
    ['without meta information, explicit', image()],
    ['without meta information, implicit', image(IMPLICIT)],
    ['without meta information, big endian', image(BIG_ENDIAN)],
  ])('%s', async (_, file) => {
    expect(await described(file)).toEqual({
      kind: 'dicom',
      layers: [],
      size: file.length,
      dicom: { ...WHOLE, pixels: 'present' },
    });
  });

  const between = (inner: Buffer) => part10(Buffer.concat([identity(), inner, pixels()]), EXPLICIT_SYNTAX);
  const nested = Buffer.concat([
    el(0x00400275, 'SQ', '', EXPLICIT, UNDEFINED),
    mark(ITEM, UNDEFINED),
    el(0x00400008, 'SQ', '', EXPLICIT, UNDEFINED),
    mark(ITEM, 8),
    el(0x00080100, 'SH', ''),
    mark(SEQUENCE_END, 0),
    // It belongs to the item, not to the image.
    pixels(),
    mark(ITEM_END, 0),
    mark(SEQUENCE_END, 0),
  ]);

  test.each([
    ['a sequence of undefined length in another', nested],
    ['a sequence of defined length', el(0x00400275, 'SQ', Buffer.concat([mark(ITEM, 0), mark(ITEM, 0)]))],
    [
      'an unknown element of undefined length, which is implicit inside',
      Buffer.concat([
        el(0x00291010, 'UN', '', EXPLICIT, UNDEFINED),
        mark(ITEM, UNDEFINED),
        el(0x00291011, '', 'abcd', IMPLICIT),
        mark(ITEM_END, 0),
        mark(SEQUENCE_END, 0),
      ]),
    ],
    ['the table of offsets of whole slide images (OV)', el(0x7fe00001, 'OV', Buffer.alloc(64, 7))],
    ['a VR that is no VR', el(0x00290010, '??', 'AB')],
    ['a VR of two NULs', el(0x00290010, '\0\0', 'AB')],
    [
      'a VR of the future',
      Buffer.concat([integer(0x0029, 2), integer(0x10, 2), Buffer.from('ZZ\0\0'), integer(2, 4), Buffer.from('AB')]),
    ],
    ['a delimiter too many', mark(SEQUENCE_END, 0)],
  ])('past %s', async (_, inner) => {
    expect((await described(between(inner))).dicom).toEqual({ ...WHOLE, pixels: 'present' });
  });

  test('of an element that comes twice, the first counts', async () => {
    const file = part10(Buffer.concat([identity(), el(0x00100020, 'LO', 'OTHER'), pixels()]), EXPLICIT_SYNTAX);
    expect((await described(file)).dicom?.instance).toBe(IDS.instance);
  });

  test('whether its size is known or not', async () => {
    const file = between(Buffer.concat([nested, el(0x00291010, 'OB', Buffer.alloc(300_000))]));
    for (const size of [file.length, undefined]) {
      expect((await describe(headOf(file), size, { keys: new Map() })).dicom).toEqual({ ...WHOLE, pixels: 'present' });
    }
  });

  test('but modality and year only if they look like one', async () => {
    const odd = Buffer.concat([
      el(0x00080016, 'UI', CT),
      el(0x00080020, 'DA', 'Smith'),
      el(0x00080060, 'CS', 'Smith^J'),
      pixels(),
    ]);
    expect((await described(part10(odd, EXPLICIT_SYNTAX))).dicom).toEqual({ uncertain: false, pixels: 'present' });
  });
});

test('a SOPInstanceUID that is none, though Orthanc makes an ID of it, is not told', async () => {
  const odd = Buffer.concat([
    el(0x00080016, 'UI', CT),
    el(0x00080018, 'UI', '1.2\\1.*'),
    el(0x00100020, 'LO', 'PATIENT'),
    el(0x0020000d, 'UI', '1.2.3'),
    el(0x0020000e, 'UI', '1.2.3.1'),
    pixels(),
  ]);
  const { dicom } = await described(part10(odd, EXPLICIT_SYNTAX));
  expect(dicom?.instance).toBeDefined();
  expect(dicom).not.toHaveProperty('sopInstanceUid');
});

group('only as much is read as is needed', () => {
  const bulk = (bytes: number) => el(0x00291010, 'OB', Buffer.alloc(bytes));
  const file = (...parts: Buffer[]) => part10(Buffer.concat([identity(), ...parts]), EXPLICIT_SYNTAX);

  test.each([
    ['a small header', file(pixels(EXPLICIT, 1_000_000)), 16_384],
    ['a long header', file(bulk(200_000), pixels(EXPLICIT, 1_000_000)), 220_000],
    ['an element that ends with the file', file(el(0x00420011, 'OB', Buffer.alloc(1_000_000))), 16_384],
  ])('%s', async (_, bytes, most) => {
    const head = headOf(bytes);
    await describe(head, bytes.length, { keys: new Map() });
    expect(head.most).toBeLessThanOrEqual(most);
  });

  test('and not when the limit shows beforehand', async () => {
    const bytes = file(bulk(20_000_000), pixels());
    const head = headOf(bytes);
    expect((await describe(head, bytes.length, { keys: new Map() })).dicom).toEqual({ ...WHOLE, pixels: 'unknown' });
    expect(head.most).toBe(16_384);
  });
});

group('a broken header', () => {
  test.each([
    ['cut inside an element', part10(image(), EXPLICIT_SYNTAX).subarray(0, -80)],
    [
      'cut inside the header of an element',
      part10(Buffer.concat([identity(), rows().subarray(0, 5)]), EXPLICIT_SYNTAX),
    ],
    [
      'cut inside a sequence',
      part10(
        Buffer.concat([identity(), el(0x00400275, 'SQ', '', EXPLICIT, UNDEFINED), mark(ITEM, UNDEFINED)]),
        EXPLICIT_SYNTAX,
      ),
    ],
    [
      'with garbage in a sequence',
      part10(
        Buffer.concat([identity(), el(0x00400275, 'SQ', '', EXPLICIT, UNDEFINED), Buffer.alloc(64, 0x61)]),
        EXPLICIT_SYNTAX,
      ),
    ],
    ['with garbage behind', part10(Buffer.concat([identity(), Buffer.alloc(64, 0xee)]), EXPLICIT_SYNTAX)],
  ])('%s: whether it has pixels is unknown', async (_, file) => {
    expect((await described(file)).dicom).toEqual({ ...WHOLE, pixels: 'unknown' });
  });

  test('with a hundred thousand sequences inside each other: whether it has pixels is unknown', async () => {
    const open = Buffer.concat([el(0x00400275, 'SQ', '', EXPLICIT, UNDEFINED), mark(ITEM, UNDEFINED)]);
    const close = Buffer.concat([mark(ITEM_END, 0), mark(SEQUENCE_END, 0)]);
    const deep = Buffer.concat([...Array<Buffer>(100_000).fill(open), ...Array<Buffer>(100_000).fill(close)]);
    const file = part10(Buffer.concat([identity(), deep, pixels()]), EXPLICIT_SYNTAX);
    const head = headOf(file);
    expect((await describe(head, file.length, { keys: new Map() })).dicom).toEqual({ ...WHOLE, pixels: 'unknown' });
    expect(head.most).toBeLessThan(file.length);
  });

  test('of nothing but the magic has no identity', async () => {
    const file = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);
    expect(await described(file)).toMatchObject({ kind: 'dicom', dicom: { uncertain: false } });
  });

  test('that ends in some NULs is not broken', async () => {
    const file = part10(
      Buffer.concat([identity(EXPLICIT, '1.2.840.10008.5.1.4.1.1.88.11'), Buffer.alloc(5)]),
      EXPLICIT_SYNTAX,
    );
    expect((await described(file)).dicom?.pixels).toBe('none-by-nature');
  });
});
