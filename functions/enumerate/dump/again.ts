import type { CountedFact } from '../../core/counts.ts';
import { DumpError } from '../../core/dump.ts';
import { type FileItem, type FileKey, fileItem } from '../../core/ids.ts';
import type { FileSubject } from '../../core/outcome.ts';
import type { FileEntry } from '../../core/plan.ts';
import type { DumpEnumeration } from '../step.ts';
import { claimInOrder, hasPixels } from './claims.ts';
import { settleBare } from './held.ts';
import { look } from './look.ts';
import { newMembers } from './new-members.ts';

/** A file that is planned again, and what the plan has to remember of it. */
export interface Again {
  readonly subject: FileSubject;
  readonly history: { readonly attempts?: number; readonly maybeSent?: true; readonly prior?: CountedFact };
}

/**
 * Looks at files anew, since they may have changed for the better, and plans them as what they are now. An archive that can be read
 * at last brings its members with it.
 */
export async function planAgain(enumeration: DumpEnumeration, wanted: readonly Again[]): Promise<FileEntry[]> {
  const { ports, job } = enumeration;
  const byFile = Map.groupBy(wanted, ({ subject }) => subject.file);
  const found = new Map<FileItem, FileEntry>();
  for (const key of byFile.keys())
    for (const entry of (await lookAgain(enumeration, key)).entries) found.set(entry.id, entry);
  const known = wanted.map(({ subject, history }): FileEntry => {
    const { file, member } = subject;
    const id = fileItem(file, member?.number);
    const { last: _, ...entry } = found.get(id) ?? vanished(subject, id);
    return { ...entry, ...history };
  });
  const archives = new Set(wanted.flatMap(({ subject }) => (subject.member ? [] : [subject.file])));
  const inside = [...found.values()].filter(({ file }) => archives.has(file));
  const entries = [...known, ...(await newMembers(enumeration, inside))];
  const open = entries.filter((entry) => !entry.final && entry.content.kind === 'dicom');
  const claimed = await claimInOrder(ports, job.id, open.filter(hasPixels));
  const bare = await settleBare(
    enumeration,
    open.filter((entry) => !hasPixels(entry)),
  );
  const settled = new Map([...claimed, ...bare].map(({ last: _, ...entry }) => [entry.id, entry]));
  return entries.map((entry) => settled.get(entry.id) ?? entry);
}

/** Looks at one object as it is now; what is gone is looked at, too. */
export async function lookAgain(enumeration: DumpEnumeration, key: FileKey) {
  const { dump } = enumeration;
  try {
    const item = await dump.item(key);
    return await look(enumeration, item);
  } catch (error) {
    if (!(error instanceof DumpError)) throw error;
    return look(enumeration, { kind: 'problem', key, code: error.outcome });
  }
}

function vanished({ file, member }: FileSubject, id: FileItem): FileEntry {
  return {
    id,
    file,
    ...(member && { member }),
    size: 0,
    version: '',
    content: { kind: 'other', layers: [] },
    final: { code: 'FILE_VANISHED' },
  };
}
