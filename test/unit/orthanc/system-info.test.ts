import { describe, expect, test } from '@jest/globals';
import { isAtLeast, systemAnswer, systemInfo } from '../../../functions/orthanc/system-info.ts';

const read = (fields: object) =>
  systemInfo(systemAnswer.parse({ Version: '1', Name: 'n', DatabaseVersion: 6, ...fields }));

describe('systemInfo', () => {
  test('leaves open what an old server does not tell', () => {
    expect(read({ DatabaseBackendPlugin: null })).toEqual({
      version: '1',
      name: 'n',
      readOnly: false,
      hasLabels: false,
    });
  });

  test.each([
    [{}, undefined],
    [{ OverwriteInstances: true }, 'always'],
    [{ OverwriteInstances: false }, 'never'],
    [{ OverwriteInstances: 'IfChanged' }, 'if-changed'],
    // 1.13.0 says both; the boolean knows no third value.
    [{ OverwriteInstances: true, OverwriteInstancesMode: 'IfChanged' }, 'if-changed'],
    [{ OverwriteInstances: false, OverwriteInstancesMode: 'Never' }, 'never'],
    [{ OverwriteInstancesMode: 'Sometimes' }, undefined],
  ])('reads %j as overwriting %p', (fields, mode) => {
    expect(read(fields).overwriteInstances).toBe(mode);
  });

  test('takes a setting of a form that is not known as not told', () => {
    expect(read({ OverwriteInstances: { mode: 'Always' }, MaximumStorageSize: '5' })).toEqual(read({}));
  });

  test('takes an empty IngestTranscoding as none', () => {
    expect(read({ IngestTranscoding: '' })).not.toHaveProperty('ingestTranscoding');
    expect(read({ IngestTranscoding: '1.2.840.10008.1.2.4.90' }).ingestTranscoding).toBe('1.2.840.10008.1.2.4.90');
  });
});

test.each([
  ['1.10.0', true],
  ['1.10.1', true],
  ['1.9.7', false],
  ['1.13.0', true],
  ['2.0.0', true],
  ['1.10', true],
  ['0.99.99', false],
  ['mainline', true],
] as const)('%s is at least 1.10.0: %p', (version, expected) => {
  expect(isAtLeast(version, [1, 10, 0])).toBe(expected);
});
