import { describe, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import { metricTimes } from '../../../functions/orthanc/metrics.ts';
import { relationOf } from '../../../functions/orthanc/same-server.ts';
import type { Identity } from '../../../functions/orthanc/server.ts';

const ID = '0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a' as OrthancId;
const OLD: Identity = {
  url: 'http://a/',
  version: '1.10.1',
  name: 'Orthanc',
  lastChange: 100,
  storageUuids: new Map([[ID, 'uuid']]),
  metricTimes: new Map(),
};
const times = (idle: number, moving: number) =>
  new Map([
    ['idle', idle],
    ['moving', moving],
  ]);
const at = (base: Identity, lastChange: number, metrics: Map<string, number>): Identity => ({
  ...base,
  lastChange,
  metricTimes: metrics,
});
const B = { ...OLD, url: 'http://b/' };

describe('relationOf', () => {
  test('equal URLs are one server', () => {
    expect(relationOf({ before: OLD, other: OLD, after: OLD }).kind).toBe('same');
  });

  test('one process is known by the metrics that stood still', () => {
    const looks = {
      before: at(OLD, 100, times(1, 5)),
      other: at(B, 102, times(1, 6)),
      after: at(OLD, 103, times(1, 7)),
    };
    expect(relationOf(looks).kind).toBe('same');
  });

  test('a copy of the files in another process is none', () => {
    const looks = {
      before: at(OLD, 100, times(1, 5)),
      other: at(B, 100, times(2, 6)),
      after: at(OLD, 100, times(1, 7)),
    };
    expect(relationOf(looks).kind).toBe('same-files');
  });

  test('files stored apart are different servers, whatever else agrees', () => {
    const other = {
      ...at(B, 100, times(1, 5)),
      storageUuids: new Map([[ID, 'another']]),
      databaseServerIdentifier: 'x',
    };
    const mine = { ...at(OLD, 100, times(1, 5)), databaseServerIdentifier: 'x' };
    expect(relationOf({ before: mine, other, after: mine }).kind).toBe('different');
    expect(relationOf({ before: mine, other: { ...other, storageUuids: new Map() }, after: mine }).kind).toBe(
      'different',
    );
  });

  test('a history that does not fit in between is another server', () => {
    const before = at(OLD, 100, times(1, 5));
    const after = at(OLD, 110, times(1, 7));
    for (const last of [99, 111]) {
      expect(relationOf({ before, other: at(B, last, times(1, 6)), after }).kind).toBe('same-files');
    }
  });

  test('without metrics the identifier of the database server decides', () => {
    const a = { ...OLD, databaseServerIdentifier: 'x' };
    expect(relationOf({ before: a, other: { ...B, databaseServerIdentifier: 'x' }, after: a }).kind).toBe('same');
    expect(relationOf({ before: a, other: { ...B, databaseServerIdentifier: 'y' }, after: a }).kind).toBe('same-files');
  });

  test('metrics are worth more than the identifier, which containers may share', () => {
    const a = { ...at(OLD, 100, times(1, 5)), databaseServerIdentifier: 'x' };
    const b = { ...at(B, 100, times(2, 5)), databaseServerIdentifier: 'x' };
    expect(relationOf({ before: a, other: b, after: a }).kind).toBe('same-files');
  });

  test('without metrics and identifier, equal name, history and files have to do', () => {
    expect(relationOf({ before: OLD, other: B, after: OLD }).kind).toBe('same');
    expect(relationOf({ before: OLD, other: { ...B, name: 'other' }, after: OLD }).kind).toBe('same-files');
  });

  test('two empty servers of one kind are different', () => {
    const empty = { ...OLD, storageUuids: new Map() };
    expect(relationOf({ before: empty, other: { ...empty, url: 'http://b/' }, after: empty }).kind).toBe('different');
  });
});

test('metricTimes reads names and times, and passes over everything else', () => {
  const text = '# HELP x\northanc_a 0.5 1795444487520\northanc_b 1\northanc_c{x="y"} 1 1795444487520\n\n<html>\n';
  expect(metricTimes(text)).toEqual(new Map([['orthanc_a', 1795444487520]]));
});
