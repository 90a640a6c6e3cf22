import { deflateSync, gzipSync } from 'node:zlib';
import { expect, describe as group, test } from '@jest/globals';
import { describe } from '../../../functions/dicom/describe.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { makeInstance, orthancIds } from '../../support/dicom.ts';
import { encryptedObject } from '../../support/encrypted.ts';
import { described, EXPLICIT_SYNTAX, headOf, identity, part10, pixels } from './data-sets.ts';

const key = Buffer.alloc(32, 'first key');
const other = Buffer.alloc(32, 'other key');
const keys = new Map([[7, key]]);
const file = part10(Buffer.concat([identity(), pixels()]), EXPLICIT_SYNTAX);
const ids = orthancIds({ patientId: 'PATIENT', studyUid: '1.2.3', seriesUid: '1.2.3.1', sopUid: '1.2.3.4' });
const plain = {
  instance: ids.instance,
  study: ids.study,
  sopInstanceUid: '1.2.3.4',
  uncertain: false,
  pixels: 'present',
  modality: 'CT',
  year: '2021',
};
const deflated = compressedAttachment(file);
const tar = Buffer.concat([Buffer.alloc(257, 'a'), Buffer.from('ustar'), Buffer.alloc(762)]);

group('content is found inside', () => {
  test.each([
    ['compression', deflated, [{ kind: 'deflated', size: file.length }]],
    ['encryption', encryptedObject(file, key, 7), [{ kind: 'encrypted', key: 7 }]],
    [
      'both',
      encryptedObject(deflated, key, 7),
      [
        { kind: 'encrypted', key: 7 },
        { kind: 'deflated', size: file.length },
      ],
    ],
  ])('%s', async (_, bytes, layers) => {
    expect(await described(bytes, { keys })).toEqual({ kind: 'dicom', layers, size: file.length, dicom: plain });
  });

  test('gzip, whose size is not known', async () => {
    expect(await described(gzipSync(file))).toEqual({ kind: 'dicom', layers: [{ kind: 'gzip' }], dicom: plain });
    expect(await described(gzipSync(tar))).toEqual({ kind: 'tar', layers: [{ kind: 'gzip' }] });
  });

  test('three layers, but not four', async () => {
    const three = gzipSync(encryptedObject(deflated, key, 7));
    expect(await described(three, { keys })).toMatchObject({ kind: 'dicom', dicom: plain, size: file.length });
    expect(await described(gzipSync(three), { keys })).toMatchObject({ kind: 'other' });
  });

  test('something empty that was encrypted or compressed', async () => {
    expect(await described(encryptedObject(Buffer.alloc(0), key, 7), { keys })).toMatchObject({
      kind: 'empty',
      size: 0,
    });
    expect(await described(gzipSync(Buffer.alloc(0)))).toMatchObject({ kind: 'empty' });
    expect(await described(encryptedObject(Buffer.alloc(0), other, 7), { keys })).toMatchObject({ kind: 'other' });
  });

  test('a large file of which only the beginning is read', async () => {
    const large = makeInstance({ bytes: 3_000_000 });
    for (const bytes of [compressedAttachment(large), encryptedObject(large, key, 7), gzipSync(large)]) {
      const head = headOf(bytes);
      expect(await describe(head, bytes.length, { keys })).toMatchObject({
        kind: 'dicom',
        dicom: { pixels: 'present' },
      });
      expect(head.most).toBeLessThan(70_000);
    }
  });

  test('what expands a thousandfold', async () => {
    const zeros = compressedAttachment(Buffer.alloc(50_000_000));
    expect(await described(zeros)).toEqual({
      kind: 'other',
      layers: [{ kind: 'deflated', size: 50_000_000 }],
      size: 50_000_000,
    });
  });
});

group('without the right key', () => {
  test('it is said which one is missing', async () => {
    const content = await described(encryptedObject(file, key, 3_000_000_000), { keys });
    expect(content).toEqual({
      kind: 'other',
      layers: [{ kind: 'encrypted', key: 3_000_000_000 }],
      problem: { code: 'STORAGE_KEY_MISSING', keyNumber: 3_000_000_000 },
    });
  });

  test('a wrong one gives garbage, and no verdict yet', async () => {
    const bytes = encryptedObject(file, other, 7);
    expect(await described(bytes, { keys })).toEqual({
      kind: 'other',
      layers: [{ kind: 'encrypted', key: 7 }],
      size: file.length,
    });
  });
});

group('a damaged layer', () => {
  test('is still the layer that it was', async () => {
    const broken = Buffer.from(deflated);
    broken.fill(0xff, 10, 60);
    expect(await described(broken)).toMatchObject({ kind: 'other', layers: [{ kind: 'deflated' }] });
    expect(await described(deflated.subarray(0, 11))).toMatchObject({ kind: 'other', layers: [{ kind: 'deflated' }] });
  });

  test('leaves open whether there are pixels', async () => {
    const half = part10(Buffer.concat([identity(), pixels()]), EXPLICIT_SYNTAX).subarray(0, -76);
    const cut = Buffer.concat([compressedAttachment(file).subarray(0, 8), deflateSync(half)]);
    expect((await described(cut)).dicom?.pixels).toBe('unknown');
  });
});

test.each([
  ['a zlib stream without its size', deflateSync(Buffer.alloc(100, 1))],
  ['a size of nothing', Buffer.concat([Buffer.alloc(8), deflateSync(Buffer.alloc(100, 1))])],
  ['an impossible size', Buffer.concat([Buffer.alloc(8, 0x7f), deflateSync(Buffer.alloc(100, 1))])],
  [
    'a wrong checksum of the header',
    Buffer.concat([deflated.subarray(0, 8), Buffer.from([0x78, 0x9d]), deflated.subarray(10)]),
  ],
])('%s is no compressed attachment', async (_, bytes) => {
  expect((await described(bytes)).layers).toEqual([]);
});
