import { describe, expect, test } from '@jest/globals';
import { exitCodeOf } from '../../../cli/exit-code-of.ts';
import * as format from '../../../cli/output/format.ts';
import { wrapped } from '../../../cli/output/table.ts';
import { newJobId } from '../../../functions/control/job-id.ts';
import { isSameJob, unfinishedJob } from '../../../functions/control/same-job.ts';
import { countRows, NO_COUNTS } from '../../../functions/core/counts.ts';
import type { EndpointName, JobId } from '../../../functions/core/ids.ts';
import type { Job, JobState } from '../../../functions/core/job.ts';
import { type OutcomeCode, outcomeClass } from '../../../functions/core/outcome.ts';

function job(changes: Partial<Job> = {}): Job {
  return {
    v: 1,
    id: 'a' as JobId,
    revision: 1,
    kind: 'replicate',
    source: 's' as EndpointName,
    target: 't' as EndpointName,
    options: { selection: { modalities: ['CT', 'MR'] }, check: 'md5', conflict: 'keep-target', maxWaitMs: 1000 },
    state: 'completed',
    round: 1,
    createdAt: 0,
    updatedAt: 0,
    settled: NO_COUNTS,
    harvested: { pages: 0, counts: NO_COUNTS },
    resumedAt: 0,
    baseline: { failure: 0, final: 0 },
    ...changes,
  };
}

test('job ids sort by time', () => {
  expect(newJobId(Date.UTC(2026, 10, 23, 14, 50, 12))).toMatch(/^20261123-145012-[0-9a-f]{4}$/);
});

describe('the same job', () => {
  const { kind, source, target } = job();
  test('does not depend on the order of what is selected, but on what is', () => {
    expect(isSameJob(job(), { kind, source, target, selection: { modalities: ['MR', 'CT', 'MR'] } })).toBe(true);
    expect(isSameJob(job(), { kind, source, target, selection: { modalities: ['MR'] } })).toBe(false);
    expect(isSameJob(job(), { kind, source, target, selection: {} })).toBe(false);
    expect(isSameJob(job(), { kind: 'verify', source, target, selection: { modalities: ['CT', 'MR'] } })).toBe(false);
  });

  test('is gone on with when the newest one has work left', () => {
    const wanted = { kind, source, target, selection: { modalities: ['CT', 'MR'] } };
    const stopped = job({ state: 'stopped' });
    expect(unfinishedJob([job({ kind: 'verify' }), stopped], wanted)).toBe(stopped);
    expect(unfinishedJob([job(), stopped], wanted)).toBeUndefined();
  });
});

describe('exit codes', () => {
  const end = (state: JobState, codes: OutcomeCode[], kind: Job['kind'] = 'replicate') => {
    const counts = countRows(codes.map((code) => ({ code, outcome: outcomeClass(code), sentByUs: 'no' as const })));
    const tally = codes.map((code) => [code, { outcome: outcomeClass(code), instances: 1, bytes: 0 }] as const);
    return exitCodeOf({ kind: 'ended', job: job({ state, kind }) }, { counts, codes: new Map(tally) });
  };
  test('tell how a job ended', () => {
    expect(end('completed', ['STORED', 'SOURCE_GONE'])).toBe(0);
    expect(end('completed', ['STORED', 'CONFLICT_KEPT'])).toBe(1);
    expect(end('completed-with-failures', ['TARGET_REFUSED'])).toBe(6);
    expect(end('completed-with-failures', ['MISSING', 'DIFFERENT'], 'verify')).toBe(1);
    expect(end('completed-with-failures', ['MISSING', 'SOURCE_ERROR'], 'verify')).toBe(6);
    expect(end('completed', ['WOULD_SEND'], 'dry-run')).toBe(0);
    expect(end('stopped', [])).toBe(5);
    expect(end('cancelled', [])).toBe(5);
    expect(end('failed', [])).toBe(7);
  });
});

describe('numbers for people', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [1_040_000_000, '1.04 GB'],
    [99_960_000, '100 MB'],
    [999_600, '1.00 MB'],
  ])('%d bytes', (n, text) => expect(format.bytes(n)).toBe(text));
  test.each([
    [400, '0.4 s'],
    [12_300, '12 s'],
    [59_960, '1m 00s'],
    [130_000, '2m 10s'],
    [11_100_000, '3h 05m'],
    [187_200_000, '2d 4h'],
  ])('%d ms', (ms, text) => expect(format.duration(ms)).toBe(text));
  test('lines are broken at blanks', () => {
    expect(wrapped('one two three', '  ', 9)).toEqual(['  one two', '  three']);
  });
});
