import { describe, expect, it } from '@jest/globals';
import type { Md5 } from '../../../functions/core/ids.ts';
import type { JobKind, JobOptions } from '../../../functions/core/job.ts';
import type { FileEntry } from '../../../functions/core/plan.ts';
import { absent, compared, decide, type Open, type Step, withoutPixels } from '../../../functions/import/decide.ts';
import type { Recorded } from '../../../functions/orthanc/server.ts';
import { fileEntry, item, job } from '../../contract/samples.ts';

const A = 'a'.repeat(32) as Md5;
const B = 'b'.repeat(32) as Md5;
const HERE: Recorded = { size: 1000, md5: A };
const OTHER: Recorded = { size: 1000, md5: B };

interface Given {
  readonly kind?: JobKind;
  readonly options?: Partial<JobOptions>;
  readonly entry?: Partial<FileEntry>;
}

function given({ kind = 'import', options = {}, entry = {} }: Given) {
  const sample = job({ kind });
  return { job: { ...sample, options: { ...sample.options, ...options } }, entry: fileEntry(1, {}, entry) };
}

function named(step: Step | Open): string {
  return step.kind === 'final' ? step.code : step.kind;
}

function decided(what: Given, target?: Recorded): string {
  const { job: ofJob, entry } = given(what);
  return named(decide(ofJob, entry, target));
}

const BARE = { headerOnly: true } as const;
const SECOND = { rivals: [item(0)] };
const DRY = { kind: 'import-dry-run' } as const;

describe('the first look at a file', () => {
  it('sends what the target does not have', () => expect(decided({})).toBe('send'));
  it('reads what the target has, to hold it against that', () => expect(decided({}, HERE)).toBe('compare'));

  it('keeps an outcome that was known without sending, whatever the target has', () => {
    const entry = { final: { code: 'HEADER_ONLY_COPY' } } as const;
    expect(decided({ entry })).toBe('HEADER_ONLY_COPY');
    expect(decided({ entry: { ...entry, rivals: [item(0)] } }, HERE)).toBe('HEADER_ONLY_COPY');
  });

  it('reads to its end what is wrapped and looks like nothing: a wrong key or broken compression gives just that', () => {
    const content = { kind: 'other', layers: [{ kind: 'encrypted', key: 1 }] } as const;
    expect(decided({ entry: { content } })).toBe('unwrap');
  });

  it('lets files with a longer header wait for the next round, even where the target has something', () => {
    expect(decided({ entry: { last: true } })).toBe('wait');
    expect(decided({ entry: { last: true } }, HERE)).toBe('wait');
  });

  it('lets a duplicate wait for the files before it, unless the target has the instance', () => {
    expect(decided({ entry: SECOND })).toBe('after-rivals');
    expect(decided({ entry: SECOND }, HERE)).toBe('compare');
  });

  it('asks the target for its pixels where it has the instance of a header-only copy', () => {
    expect(decided({ entry: BARE }, HERE)).toBe('look-at-pixels');
    expect(decided({ entry: BARE, options: { acceptHeaderOnly: true } }, HERE)).toBe('look-at-pixels');
  });

  it('sends a header-only copy only where that is accepted', () => {
    expect(decided({ entry: BARE })).toBe('PIXEL_DATA_MISSING');
    expect(decided({ entry: BARE, options: { acceptHeaderOnly: true } })).toBe('send');
    expect(named(withoutPixels(given({}).job))).toBe('PIXEL_DATA_MISSING');
  });

  it('never sends in a dry run, and waits for nothing that it will not send', () => {
    expect(decided(DRY)).toBe('WOULD_SEND');
    expect(decided({ ...DRY, entry: BARE })).toBe('PIXEL_DATA_MISSING');
    expect(decided({ ...DRY, entry: BARE, options: { acceptHeaderOnly: true } })).toBe('WOULD_SEND');
    expect(decided({ ...DRY, entry: SECOND })).toBe('SECOND_FILE');
  });

  it('reports, and does not send again, what vanished after it was proven', () => {
    const stored = { outcome: 'success', code: 'STORED', sentByUs: 'yes' } as const;
    const kept = { outcome: 'warning', code: 'CONFLICT_KEPT', sentByUs: 'no' } as const;
    const failed = { outcome: 'failure', code: 'TARGET_ERROR', sentByUs: 'no' } as const;
    expect(decided({ entry: { prior: stored } })).toBe('TARGET_LOST');
    expect(decided({ entry: { prior: kept } })).toBe('TARGET_LOST');
    expect(decided({ entry: { prior: failed } })).toBe('send');
    const { job: ofJob, entry } = given(DRY);
    expect(named(absent(ofJob, { ...entry, prior: stored }))).toBe('WOULD_SEND');
  });
});

function comparedWith(what: Given, read: Recorded, target: Recorded): string {
  const { job: ofJob, entry } = given(what);
  return named(compared(ofJob, entry, read, target));
}

describe('the comparison of a file with what the target recorded', () => {
  it('leaves alone what is equal', () => {
    expect(comparedWith({}, HERE, HERE)).toBe('ALREADY_PRESENT');
    expect(comparedWith({ entry: SECOND }, HERE, HERE)).toBe('DUPLICATE');
  });

  it('does not call equal sizes a proof', () =>
    expect(comparedWith({}, HERE, { size: 1000 })).toBe('CHECKED_BY_SIZE_ONLY'));

  it('tells a conflict within the dump from one with the target', () => {
    expect(comparedWith({ entry: SECOND }, HERE, OTHER)).toBe('DUPLICATE_CONFLICT');
    expect(comparedWith({}, HERE, OTHER)).toBe('CONFLICT_KEPT');
    expect(comparedWith({}, { size: 999, md5: A }, HERE)).toBe('CONFLICT_KEPT');
  });

  it.each([
    ['keep-target', 'CONFLICT_KEPT'],
    ['fail', 'CONFLICT'],
    ['overwrite', 'send'],
  ] as const)('follows --conflict %s', (conflict, expected) =>
    expect(comparedWith({ options: { conflict } }, HERE, OTHER)).toBe(expected),
  );

  it('never lets a duplicate overwrite', () => {
    const overwrite = { options: { conflict: 'overwrite' }, entry: SECOND } as const;
    expect(comparedWith(overwrite, HERE, OTHER)).toBe('DUPLICATE_CONFLICT');
  });

  it('overwrites nothing in a dry run', () =>
    expect(comparedWith({ ...DRY, options: { conflict: 'overwrite' } }, HERE, OTHER)).toBe('WOULD_SEND'));
});
