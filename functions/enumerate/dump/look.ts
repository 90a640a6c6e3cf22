import type { Content } from '../../core/content.ts';
import { DumpError, type DumpItem } from '../../core/dump.ts';
import { type FileKey, fileItem } from '../../core/ids.ts';
import type { OutcomeCode } from '../../core/outcome.ts';
import type { FileEntry } from '../../core/plan.ts';
import { describe } from '../../dicom/describe.ts';
import { headOfFile } from '../../dicom/heads.ts';
import type { DumpEnumeration } from '../step.ts';
import { membersOf } from './members.ts';
import { outcomeWithoutSending } from './without-sending.ts';

/** One object of the dump as it will be planned: itself, or an archive with its members. */
export interface Looked {
  readonly key: FileKey;
  readonly entries: readonly FileEntry[];
  /** Entries that must be worked off together: an archive can only be read from its beginning. */
  readonly together: boolean;
}

/** An error of the disk is believed when it comes again; milliseconds between tries. */
const TRIES = 3;
const TRY_AGAIN_MS = 200;

const NOTHING: Content = { kind: 'other', layers: [] };

/** Looks at the head of one object of the dump. What cannot be read has an outcome, too. */
export async function look(enumeration: DumpEnumeration, item: DumpItem): Promise<Looked> {
  const { key } = item;
  if (item.kind === 'problem') return alone(finalEntry(item, item.code));
  for (let tried = 1; ; tried += 1) {
    try {
      return await lookInside(enumeration, item);
    } catch (error) {
      if (!(error instanceof DumpError)) throw error;
      if (error.outcome === 'FILE_VANISHED' || tried >= TRIES)
        return alone(finalEntry({ ...item, key }, error.outcome));
      await enumeration.ports.clock.sleep(TRY_AGAIN_MS);
    }
  }
}

async function lookInside(enumeration: DumpEnumeration, item: DumpItem & { kind: 'object' }): Promise<Looked> {
  const { dump, keys, defaultEncoding } = enumeration;
  const file = await dump.open(item.key, 'head');
  try {
    const { size, version } = file;
    const options = { keys, ...(defaultEncoding !== undefined && { defaultEncoding }) };
    const content = await describe(headOfFile(file), size, options);
    const entry: FileEntry = { ...entryOf({ ...item, size, version }), content };
    const final = outcomeWithoutSending(entry, enumeration.job.options);
    if (final) return alone({ ...entry, final });
    if (content.kind !== 'zip' && content.kind !== 'tar') return alone(entry);
    if (size > enumeration.largestArchive) return alone({ ...entry, final: { code: 'TOO_LARGE_FOR_LAMBDA' } });
    return { key: item.key, ...(await membersOf(enumeration, file, entry)), together: true };
  } finally {
    await file.close();
  }
}

function alone(entry: FileEntry): Looked {
  return { key: entry.file, entries: [entry], together: false };
}

function entryOf(item: Pick<DumpItem & { kind: 'object' }, 'key' | 'size' | 'version' | 'index'>): FileEntry {
  const { key, size, version, index } = item;
  return { id: fileItem(key), file: key, size, version, content: NOTHING, ...(index && { index }) };
}

function finalEntry(item: DumpItem, code: OutcomeCode): FileEntry {
  const known = item.kind === 'object' ? item : { key: item.key, size: 0, version: '' };
  return { ...entryOf(known), final: { code } };
}
