import { deflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { archive, archiveSpecs } from '../../support/archive.ts';
import { makeInstance, orthancIds } from '../../support/dicom.ts';
import { sopInstanceUid } from '../../support/fault-rules.ts';

test.each([1_200, 4_096, 100_001, 2_000_000])('a file of about %d bytes has an even size near to that', (bytes) => {
  const file = makeInstance({ bytes });
  expect(file.length % 2).toBe(0);
  expect(Math.abs(file.length - bytes)).toBeLessThan(200 + bytes / 100);
  expect(file.toString('latin1', 128, 132)).toBe('DICM');
});

test('the same seed gives the same file, another seed other pixels', () => {
  const spec = { studyUid: '1.2', seriesUid: '1.3', sopUid: '1.4', patientId: 'P', bytes: 5_000 };
  expect(makeInstance({ ...spec, seed: 7 })).toEqual(makeInstance({ ...spec, seed: 7 }));
  expect(makeInstance({ ...spec, seed: 7 }).equals(makeInstance({ ...spec, seed: 8 }))).toBe(false);
});

test('pixels cannot be compressed', () => {
  const file = makeInstance({ bytes: 9_000_000 });
  expect(deflateSync(file, { level: 1 }).length).toBeGreaterThan(file.length * 0.99);
});

test('an archive has the shape that was asked for', () => {
  const specs = [...archiveSpecs({ studies: 6, instancesPerStudy: 10, seriesPerStudy: 2, patients: 3 })];
  const distinct = (key: 'patientId' | 'studyUid' | 'seriesUid' | 'sopUid') =>
    new Set(specs.map((spec) => spec[key])).size;
  expect([distinct('patientId'), distinct('studyUid'), distinct('seriesUid'), distinct('sopUid')]).toEqual([
    3, 6, 12, 60,
  ]);
  const files = [...archive({ studies: 2, instancesPerStudy: 2 })];
  expect(files.map((file) => sopInstanceUid(file))).toEqual(
    [...archiveSpecs({ studies: 2, instancesPerStudy: 2 })].map(({ sopUid }) => sopUid),
  );
});

test('Orthanc IDs are hashes of the identifiers', () => {
  // SHA-1 of nothing.
  const ids = orthancIds({ patientId: '', studyUid: '', seriesUid: '', sopUid: '' });
  expect(ids.patient).toBe('da39a3ee-5e6b4b0d-3255bfef-95601890-afd80709');
});
