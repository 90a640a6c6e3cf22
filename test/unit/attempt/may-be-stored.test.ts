import { expect, test } from '@jest/globals';
import { mayBeStored } from '../../../functions/attempt/judge.ts';
import type { Side } from '../../../functions/core/answer.ts';

const broken = (side: Side, requestSent: boolean) =>
  ({ kind: 'broken', side, breakage: { cause: 'reset', requestSent, detail: 'closed' } }) as const;
const answered = (side: Side, status: number, orthanc: boolean) =>
  ({ kind: 'answer', side, answer: { status, orthanc } }) as const;

test.each([
  ['a connection that broke after the request', broken('target', true), true],
  ['a connection that was never made', broken('target', false), false],
  ['a broken connection to the source', broken('source', true), false],
  ['other content than recorded', { kind: 'mismatch', bytes: 1, expectedBytes: 2 } as const, false],
  ['an error of Orthanc', answered('target', 500, true), false],
  ['a gateway that lost patience', answered('target', 504, false), true],
  ['a success in other words', answered('target', 200, false), true],
  ['a refusal by a gateway', answered('target', 413, false), false],
  ['a gateway before the source', answered('source', 504, false), false],
])('after %s: %p', (_what, result, expected) => {
  expect(mayBeStored(result)).toBe(expected);
});
