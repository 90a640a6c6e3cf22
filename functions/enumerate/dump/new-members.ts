import type { FileItem, FileKey } from '../../core/ids.ts';
import type { FileEntry, PlanPage } from '../../core/plan.ts';
import { readStoredLines } from '../../core/stored-lines.ts';
import type { DumpEnumeration } from '../step.ts';

const PAGES_AT_ONCE = 20;

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
  enumeration: DumpEnumeration,
  archives: ReadonlySet<FileKey>,
): Promise<ReadonlySet<FileItem>> {
  const items = new Set<FileItem>();
  for await (const { object } of pagesSoFar(enumeration))
    for (const { id, file } of await readStoredLines<FileEntry>(enumeration.ports.objects, object))
      if (archives.has(file)) items.add(id);
  return items;
}

async function* pagesSoFar({ ports, job, checkpoint }: DumpEnumeration): AsyncGenerator<PlanPage> {
  for (let round = 1; round <= checkpoint.round; round += 1)
    for (let from = 0; ; from += PAGES_AT_ONCE) {
      const pages = await ports.store.pages(job.id, round, from, PAGES_AT_ONCE);
      yield* pages;
      if (pages.length < PAGES_AT_ONCE) break;
    }
}
