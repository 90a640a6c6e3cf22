import type { FileItem, FileKey } from '../../core/ids.ts';
import { pagesUpTo } from '../../core/page-walk.ts';
import type { FileEntry } from '../../core/plan.ts';
import { readStoredLines } from '../../core/stored-lines.ts';
import type { DumpEnumeration } from '../step.ts';

/** Of what was found in archives, the members that no round has planned: their archive could not be read before, or not so far. */
export async function newMembers(
  enumeration: DumpEnumeration,
  found: readonly FileEntry[],
): Promise<readonly FileEntry[]> {
  const members = found.filter(({ member }) => member);
  if (members.length === 0) return [];
  const planned = await plannedItems(enumeration, new Set(members.map(({ file }) => file)));
  return members.filter(({ id }) => !planned.has(id));
}

async function plannedItems(
  { ports, job, checkpoint }: DumpEnumeration,
  archives: ReadonlySet<FileKey>,
): Promise<ReadonlySet<FileItem>> {
  const items = new Set<FileItem>();
  for await (const { object } of pagesUpTo(ports.store, job.id, checkpoint.round))
    for (const { id, file } of await readStoredLines<FileEntry>(ports.objects, object))
      if (archives.has(file)) items.add(id);
  return items;
}
