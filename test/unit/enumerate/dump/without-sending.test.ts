import { describe, expect, it } from '@jest/globals';
import type { Content, Layer } from '../../../../functions/core/content.ts';
import type { IndexFact } from '../../../../functions/core/dump.ts';
import type { FileKey } from '../../../../functions/core/ids.ts';
import type { JobOptions } from '../../../../functions/core/job.ts';
import { outcomeWithoutSending } from '../../../../functions/enumerate/dump/without-sending.ts';

const MEMBER = { member: { number: 0, name: 'a' } };
const DICOM: Content = { kind: 'dicom', layers: [], dicom: { uncertain: false, pixels: 'present' } };
const ENCRYPTED: Layer = { kind: 'encrypted', key: 2 };
const GZIP: Layer = { kind: 'gzip' };
const DEFLATED: Layer = { kind: 'deflated', size: 10 };

function content(kind: Content['kind'], ...layers: Layer[]): Content {
  return kind === 'dicom' ? { ...DICOM, layers } : { kind, layers };
}

function known(type: number): IndexFact {
  return { known: true, type, size: 10 };
}

function outcome(
  of: Content,
  more: { index?: IndexFact; member?: { number: number; name: string }; file?: FileKey } = {},
  orphans?: JobOptions['orphans'],
): string | undefined {
  return outcomeWithoutSending({ content: of, ...more }, orphans ? { orphans } : {})?.code;
}

describe('outcomes that need no sending', () => {
  it('are none for DICOM files, however they are wrapped', () => {
    expect(outcome(DICOM)).toBeUndefined();
    expect(outcome(content('dicom', ENCRYPTED, DEFLATED, GZIP), MEMBER)).toBeUndefined();
  });

  it.each([
    ['dicomdir', 'DICOMDIR'],
    ['json-summary', 'JSON_SUMMARY'],
    ['sqlite', 'INDEX_FILE'],
    ['empty', 'EMPTY_FILE'],
    ['other', 'NOT_DICOM'],
  ] as const)('follow from what a file is: %s', (kind, expected) => {
    expect(outcome(content(kind))).toBe(expected);
    expect(outcome(content(kind), MEMBER)).toBe(expected);
  });

  it('are put off for what is wrapped and looks like nothing: only its end tells whether the key fits', () => {
    for (const layer of [ENCRYPTED, DEFLATED, GZIP]) expect(outcome(content('other', layer))).toBeUndefined();
  });

  it('know the empty log of an index by its name alone, and only when it is empty', () => {
    const log = { file: '/storage/index-wal' as FileKey };
    expect(outcome(content('empty'), log)).toBe('INDEX_FILE');
    expect(outcome(content('other'), log)).toBe('NOT_DICOM');
    expect(outcome(DICOM, log)).toBeUndefined();
  });

  it('name what cannot be had, with the number of the key that is missing', () => {
    const problem = { code: 'STORAGE_KEY_MISSING', keyNumber: 7 } as const;
    const missing: Content = { kind: 'other', layers: [ENCRYPTED], problem };
    expect(outcomeWithoutSending({ content: missing, index: { known: false } }, { orphans: 'skip' })).toEqual(problem);
  });
});

describe('archives', () => {
  it('are opened, a tar through gzip, too', () => {
    for (const each of [content('zip'), content('tar'), content('tar', GZIP)]) expect(outcome(each)).toBeUndefined();
  });

  it('are not opened inside archives or other wrappings', () => {
    for (const each of [content('zip', GZIP), content('tar', GZIP, GZIP), content('tar', DEFLATED)])
      expect(outcome(each)).toBe('ARCHIVE_NESTED');
    for (const each of [content('zip'), content('tar'), content('tar', GZIP)])
      expect(outcome(each, MEMBER)).toBe('ARCHIVE_NESTED');
  });
});

describe('what an index beside the file says', () => {
  it('makes damage of a DICOM file that is none', () => {
    for (const kind of ['other', 'empty', 'json-summary', 'zip', 'tar', 'sqlite'] as const)
      expect(outcome(content(kind), { index: known(1) })).toBe('FILE_DAMAGED');
    expect(outcome(content('dicomdir'), { index: known(1) })).toBe('DICOMDIR');
    expect(outcome(DICOM, { index: known(1) })).toBeUndefined();
  });

  it('leaves user attachments out, even those that look like images', () => {
    for (const each of [DICOM, content('zip'), content('other', ENCRYPTED)])
      expect(outcome(each, { index: known(1024) })).toBe('NOT_DICOM');
    expect(outcome(DICOM, { index: known(3) })).toBeUndefined();
    expect(outcome(content('json-summary'), { index: known(2) })).toBe('JSON_SUMMARY');
  });

  it('leaves orphans out only where that is wanted, and only those that would be sent', () => {
    const index: IndexFact = { known: false };
    expect(outcome(DICOM, { index })).toBeUndefined();
    expect(outcome(DICOM, { index }, 'import')).toBeUndefined();
    expect(outcome(DICOM, { index }, 'skip')).toBe('ORPHAN_SKIPPED');
    expect(outcome(DICOM, {}, 'skip')).toBeUndefined();
    expect(outcome(DICOM, { index: known(1) }, 'skip')).toBeUndefined();
    expect(outcome(content('json-summary'), { index }, 'skip')).toBe('JSON_SUMMARY');
  });
});
