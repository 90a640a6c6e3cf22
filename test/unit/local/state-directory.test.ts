import { expect, test } from '@jest/globals';
import { defaultStateDirectory } from '../../../cli/local/state-directory.ts';

test('the default follows XDG', () => {
  expect(defaultStateDirectory({}, '/home/u')).toBe('/home/u/.local/state/orthanc-migrate');
  expect(defaultStateDirectory({ XDG_STATE_HOME: '/var/x' }, '/home/u')).toBe('/var/x/orthanc-migrate');
  expect(defaultStateDirectory({ XDG_STATE_HOME: '' }, '/home/u')).toBe('/home/u/.local/state/orthanc-migrate');
  expect(defaultStateDirectory({ XDG_STATE_HOME: 'rel' }, '/home/u')).toBe('/home/u/.local/state/orthanc-migrate');
});
