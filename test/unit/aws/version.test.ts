import { expect, test } from '@jest/globals';
import { version } from '../../../cli/version.ts';
import { VERSION } from '../../../functions/aws/version.ts';

test('functions are of the version of the program', () => {
  expect(VERSION).toBe(version());
});
