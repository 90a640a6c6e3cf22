import { describe, expect, it } from '@jest/globals';
import { parseBandwidth, rateAt } from '../../../functions/core/bandwidth.ts';

function at(text: string, hours: number, minutes = 0): number {
  return rateAt(parseBandwidth(text), new Date(2026, 0, 5, hours, minutes));
}

describe('the bandwidth limit', () => {
  it.each([
    ['512', 512 * 1024],
    ['512k', 512 * 1024],
    ['100B', 100],
    ['1.5M', 1.5 * 1024 ** 2],
    ['2G', 2 * 1024 ** 3],
    ['off', Number.POSITIVE_INFINITY],
  ])('reads the rate %s', (text, rate) => expect(at(text, 12)).toBe(rate));

  it('follows a timetable, over midnight too', () => {
    const timetable = '08:00,512k 18:00,30M 23:00,off';
    expect(at(timetable, 8)).toBe(512 * 1024);
    expect(at(timetable, 17, 59)).toBe(512 * 1024);
    expect(at(timetable, 18)).toBe(30 * 1024 ** 2);
    expect(at(timetable, 23, 30)).toBe(Number.POSITIVE_INFINITY);
    expect(at(timetable, 3)).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(['', 'fast', '-1', '0', '25:00,1M', '08:00', '08:00,1M nonsense'])('refuses %p in one line', (text) => {
    expect(() => parseBandwidth(text)).toThrow(/^--bwlimit[^\n]*$/);
  });
});
