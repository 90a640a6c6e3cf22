import { describe, expect, it } from '@jest/globals';
import type { Md5 } from '../../../functions/core/ids.ts';
import type { JobKind, JobOptions } from '../../../functions/core/job.ts';
import type { InstanceEntry } from '../../../functions/core/plan.ts';
import type { Recorded } from '../../../functions/orthanc/server.ts';
import { decide } from '../../../functions/transfer/decide.ts';
import { instance, job } from '../../contract/samples.ts';

const A = 'a'.repeat(32) as Md5;
const B = 'b'.repeat(32) as Md5;
const ENTRY: InstanceEntry = { id: instance(1), size: 10 };

function decided(
  what: { kind?: JobKind; options?: Partial<JobOptions>; entry?: Partial<InstanceEntry> },
  source: Recorded | undefined,
  target: Recorded | undefined,
): string {
  const sample = job();
  const options = { ...sample.options, ...what.options };
  const decision = decide(
    { ...sample, kind: what.kind ?? 'replicate', options },
    { ...ENTRY, ...what.entry },
    source,
    target,
  );
  return decision.kind === 'final' ? decision.code : 'send';
}

const ONE: Recorded = { size: 10, md5: A };
const SAME_SIZE: Recorded = { size: 10, md5: B };
const LARGER: Recorded = { size: 11, md5: B };
const NO_MD5: Recorded = { size: 10 };

describe('the decision about one instance', () => {
  it('sends what the target does not have', () => expect(decided({}, ONE, undefined)).toBe('send'));
  it('skips what the source no longer has', () => expect(decided({}, undefined, ONE)).toBe('SOURCE_GONE'));
  it('leaves alone what is equal', () => expect(decided({}, ONE, ONE)).toBe('ALREADY_PRESENT'));
  it('does not call equal sizes a proof', () => expect(decided({}, ONE, NO_MD5)).toBe('CHECKED_BY_SIZE_ONLY'));
  it('sees other content of the same size', () => expect(decided({}, ONE, SAME_SIZE)).toBe('CONFLICT_KEPT'));
  it('sees another size without MD5', () => expect(decided({}, NO_MD5, LARGER)).toBe('CONFLICT_KEPT'));

  it.each([
    ['keep-target', 'CONFLICT_KEPT'],
    ['fail', 'CONFLICT'],
    ['overwrite', 'send'],
  ] as const)('follows --conflict %s', (conflict, expected) =>
    expect(decided({ options: { conflict } }, ONE, SAME_SIZE)).toBe(expected),
  );

  it.each([
    ['md5', 'CONFLICT_KEPT'],
    ['size', 'ALREADY_PRESENT'],
    ['none', 'UNCHECKED'],
  ] as const)('compares as deeply as --check %s says', (check, expected) =>
    expect(decided({ options: { check } }, ONE, SAME_SIZE)).toBe(expected),
  );

  it('never sends in a dry run, whatever the policy', () => {
    expect(decided({ kind: 'dry-run' }, ONE, undefined)).toBe('WOULD_SEND');
    expect(decided({ kind: 'dry-run', options: { conflict: 'overwrite' } }, ONE, SAME_SIZE)).toBe('WOULD_SEND');
  });

  it('calls differences failures when it verifies', () => {
    expect(decided({ kind: 'verify' }, ONE, undefined)).toBe('MISSING');
    expect(decided({ kind: 'verify' }, ONE, SAME_SIZE)).toBe('DIFFERENT');
    expect(decided({ kind: 'verify' }, ONE, ONE)).toBe('EQUAL');
  });

  it('reports, and does not send again, what vanished after it was proven', () => {
    const proven = { outcome: 'success', code: 'STORED', sentByUs: 'yes', size: 10 } as const;
    expect(decided({ entry: { prior: proven } }, ONE, undefined)).toBe('TARGET_LOST');
    expect(
      decided({ entry: { prior: { ...proven, outcome: 'failure', code: 'TARGET_REFUSED' } } }, ONE, undefined),
    ).toBe('send');
  });

  it('keeps saying that we stored it when it is looked at again', () => {
    const proven = { outcome: 'success', code: 'STORED', sentByUs: 'yes', size: 10 } as const;
    expect(decided({ entry: { prior: proven } }, ONE, ONE)).toBe('STORED');
  });
});
