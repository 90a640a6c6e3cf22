import { expect, describe as group, test } from '@jest/globals';
import { described, EXPLICIT, EXPLICIT_SYNTAX, el, identity, integer, part10 } from './data-sets.ts';

const STORAGE = '1.2.840.10008.5.1.4.1.1.';
const rows = el(0x00280010, 'US', integer(2, 2));
const pixelsOf = async (sopClass: string, ...more: Buffer[]) =>
  (await described(part10(Buffer.concat([identity(EXPLICIT, sopClass), ...more]), EXPLICIT_SYNTAX))).dicom?.pixels;

group('an object without pixel data', () => {
  test.each([
    '1.1',
    '2',
    '4.1',
    '6.1',
    '7.2',
    '12.1',
    '20',
    '30',
    '66.4',
    '77.1.6',
    '77.1.5.1',
    '128',
    '481.1',
    '481.2',
    '82.1',
  ])('of an image class (%s) misses it', async (suffix) => {
    expect(await pixelsOf(STORAGE + suffix)).toBe('missing');
    expect(await pixelsOf(STORAGE + suffix, rows)).toBe('missing');
  });

  test.each([
    '88.11',
    '88.59',
    '88.67',
    '11.1',
    '481.3',
    '481.5',
    '481.18',
    '9.1.1',
    '104.1',
    '66',
    '66.5',
    '67',
    '4.2',
    '77.1.5.3',
    '78.7',
    '131',
    '200.2',
  ])('of another class (%s) has none by nature', async (suffix) => {
    expect(await pixelsOf(STORAGE + suffix)).toBe('none-by-nature');
    expect(await pixelsOf(STORAGE + suffix, rows)).toBe('none-by-nature');
  });

  test.each([
    ['of a private class', '1.3.12.2.1107.5.9.1'],
    ['of a class that only begins like an image class', `${STORAGE}29`],
    ['without a class', ''],
  ])('%s misses it only if something of an image is there', async (_, sopClass) => {
    expect(await pixelsOf(sopClass)).toBe('none-by-nature');
    expect(await pixelsOf(sopClass, rows)).toBe('missing');
    expect(await pixelsOf(sopClass, el(0x00280004, 'CS', 'MONOCHROME2'))).toBe('missing');
  });

  test.each([
    ['float pixels', el(0x7fe00008, 'OF', Buffer.alloc(16))],
    ['double float pixels', el(0x7fe00009, 'OD', Buffer.alloc(16))],
    ['a URL instead', el(0x00287fe0, 'UR', 'https://example.org/')],
    ['spectroscopy data', el(0x56000020, 'OF', Buffer.alloc(16))],
    ['something behind where pixels would be', el(0xfffcfffc, 'OB', Buffer.alloc(8))],
  ])('with %s is whole, even of an image class', async (_, element) => {
    expect(await pixelsOf(`${STORAGE}30`, rows, element)).toBe('none-by-nature');
  });

  test('that is a dose of histograms alone is whole', async () => {
    const histograms = el(0x30040050, 'SQ', '');
    expect(await pixelsOf(`${STORAGE}481.2`, histograms)).toBe('none-by-nature');
    expect(await pixelsOf(`${STORAGE}481.2`, rows, histograms)).toBe('missing');
  });

  test('with garbage behind it does not count as whole', async () => {
    expect(await pixelsOf(`${STORAGE}2`, rows, Buffer.alloc(32, 0xfc))).toBe('unknown');
  });

  test('takes its class from the meta information where it has none', async () => {
    const bytes = part10(identity(EXPLICIT, ''), EXPLICIT_SYNTAX, el(0x00020002, 'UI', `${STORAGE}2`));
    expect((await described(bytes)).dicom?.pixels).toBe('missing');
  });
});

test('a header longer than 16 MiB of an object that never has pixels is enough', async () => {
  const bulk = el(0x00420011, 'OB', Buffer.alloc(17 * 1024 * 1024));
  expect(await pixelsOf(`${STORAGE}104.1`, bulk, el(0x00420012, 'LO', 'application/pdf'))).toBe('none-by-nature');
  expect(await pixelsOf(`${STORAGE}2`, bulk, el(0x00420012, 'LO', 'application/pdf'))).toBe('unknown');
});
