import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { parseDateRange } from '../../../cli/options/date-range.ts';
import { parseDuration } from '../../../cli/options/duration.ts';
import { parseList } from '../../../cli/options/list.ts';
import { parseSelection } from '../../../cli/options/selection.ts';
import { parseCount, parseSize } from '../../../cli/options/size.ts';
import { UsageError } from '../../../functions/core/errors.ts';

const folder = mkdtempSync(join(tmpdir(), 'om-options-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('parseSize', () => {
  test.each([
    ['1', 1],
    ['512k', 512 * 1024],
    ['1.5M', 1.5 * 1024 ** 2],
    ['2GiB', 2 * 1024 ** 3],
    ['10 MB', 10 * 1024 ** 2],
  ])('%s', (text, bytes) => expect(parseSize('--x', text)).toBe(bytes));
  test.each(['', '0', '-1', '1X', 'M', '1e9', '99999999T'])('refuses %j', (text) => {
    expect(() => parseSize('--x', text)).toThrow(UsageError);
  });
});

test('parseCount takes whole numbers within bounds', () => {
  expect(parseCount('--n', '7', 10)).toBe(7);
  for (const text of ['0', '11', '1.5', '-1', '0x5', ''])
    expect(() => parseCount('--n', text, 10)).toThrow('from 1 to 10');
});

describe('parseDuration', () => {
  test.each([
    ['30s', 30_000],
    ['10m', 600_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0s', 0],
  ])('%s', (text, ms) => expect(parseDuration('--x', text)).toBe(ms));
  test.each(['', '10', 'm', '1h 30', '10y', '-5s'])('refuses %j', (text) => {
    expect(() => parseDuration('--x', text)).toThrow(UsageError);
  });
});

describe('parseDateRange', () => {
  test.each([
    ['20240101-20241231', { from: '20240101', to: '20241231' }],
    ['20240101-', { from: '20240101' }],
    ['-20241231', { to: '20241231' }],
    ['20240229', { from: '20240229', to: '20240229' }],
    ['2024-01-01-2024-12-31', { from: '20240101', to: '20241231' }],
    ['2024-01-01', { from: '20240101', to: '20240101' }],
  ])('%s', (text, range) => expect(parseDateRange('--x', text)).toEqual(range));
  test.each(['', '-', '2024', '20240230', '20241301-', '20241231-20240101', 'yesterday'])('refuses %j', (text) => {
    expect(() => parseDateRange('--x', text)).toThrow(UsageError);
  });
});

describe('parseList', () => {
  test('takes repetitions, lists and files, without repetitions and blanks', () => {
    const file = join(folder, 'list');
    writeFileSync(file, 'c,with comma\r\n\n# a comment\n  d \n');
    expect(parseList('--x', ['a,b', 'b', `@${file}`])).toEqual(['a', 'b', 'c,with comma', 'd']);
  });
  test('refuses what names nothing, since nothing selected would mean everything', () => {
    const file = join(folder, 'empty');
    writeFileSync(file, '\n');
    for (const texts of [[''], [' , '], [`@${file}`]]) expect(() => parseList('--x', texts)).toThrow('names nothing');
  });
});

describe('parseSelection', () => {
  test('of no options is the whole server', () => expect(parseSelection({})).toEqual({}));
  test('takes Orthanc IDs and StudyInstanceUIDs, and quotes nothing else', () => {
    const id = '66c8e41e-ac3a9029-0b85e42a-8195ee0a-92c2e62e';
    expect(parseSelection({ study: [id, '1.2.840'] })).toEqual({ studies: [id, '1.2.840'] });
    const wrong = () => parseSelection({ study: ['1.2', 'Doe^Jane'] });
    expect(wrong).toThrow('value 2 is neither');
    expect(wrong).not.toThrow('Doe');
  });
});
