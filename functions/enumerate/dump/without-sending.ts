import type { Content, ContentKind } from '../../core/content.ts';
import type { JobOptions } from '../../core/job.ts';
import type { OutcomeCode } from '../../core/outcome.ts';
import type { FileEntry } from '../../core/plan.ts';

const BY_KIND: Readonly<Record<Exclude<ContentKind, 'dicom' | 'zip' | 'tar' | 'other'>, OutcomeCode>> = {
  dicomdir: 'DICOMDIR',
  'json-summary': 'JSON_SUMMARY',
  sqlite: 'INDEX_FILE',
  empty: 'EMPTY_FILE',
};
/** Orthanc's attachment types of its own: the DICOM file, its JSON summary, its copy until pixel data. */
const DICOM_FILE = 1;
const LAST_OWN_TYPE = 3;
/** SQLite leaves it empty beside an index that is open, or whose server was killed: it never was an image. */
const EMPTY_LOG = /\/index-(wal|journal)$/;

/** The outcome of a file that is settled by what it is; `undefined` when it has to be read. */
export function outcomeWithoutSending(
  entry: Pick<FileEntry, 'content' | 'index' | 'member'> & Partial<Pick<FileEntry, 'file'>>,
  { orphans }: Pick<JobOptions, 'orphans'>,
): FileEntry['final'] | undefined {
  const { content, index } = entry;
  if (content.problem) return content.problem;
  // User attachments may be anything, images without their own identity included: they are none of the archive's images.
  if (index?.known && index.type > LAST_OWN_TYPE) return { code: 'NOT_DICOM' };
  if (index?.known && index.type === DICOM_FILE && content.kind !== 'dicom') return { code: damaged(content) };
  if (content.kind === 'dicom')
    return index?.known === false && orphans === 'skip' ? { code: 'ORPHAN_SKIPPED' } : undefined;
  if (content.kind === 'zip' || content.kind === 'tar') return nested(entry) ? { code: 'ARCHIVE_NESTED' } : undefined;
  if (content.kind === 'empty' && EMPTY_LOG.test(entry.file ?? '')) return { code: 'INDEX_FILE' };
  if (content.kind !== 'other') return { code: BY_KIND[content.kind] };
  // What a wrong key or a broken compression makes of an image looks like anything else: only reading it to its end tells.
  return content.layers.length > 0 ? undefined : { code: 'NOT_DICOM' };
}

function damaged({ kind }: Content): OutcomeCode {
  return kind === 'dicomdir' ? 'DICOMDIR' : 'FILE_DAMAGED';
}

function nested({ content, member }: Pick<FileEntry, 'content' | 'member'>): boolean {
  if (member) return true;
  // A tar can be read through gzip; a ZIP needs its end first.
  const plain = content.layers.length === 0;
  const gzipped = content.layers.length === 1 && content.layers[0]?.kind === 'gzip';
  return !(plain || (gzipped && content.kind === 'tar'));
}
