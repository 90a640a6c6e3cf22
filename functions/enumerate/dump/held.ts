import type { Cursor } from '../../core/job.ts';
import { ChunkPacker } from '../../core/packing.ts';
import { pagesOfRound } from '../../core/page-walk.ts';
import type { FileEntry, PlanPage } from '../../core/plan.ts';
import { readStoredLines } from '../../core/stored-lines.ts';
import { type DumpEnumeration, moveTo, type Step } from '../step.ts';
import { claimInOrder, hasPixels, instanceOf, withRivals } from './claims.ts';
import { UNTIL_PIXEL_DATA } from './dump.ts';

type HeldCursor = Cursor & { stage: 'held' };

/**
 * Plans what was held back, now that the whole dump is known: one page for each page that holds something back. Orphans with pixel
 * data go first, since a header-only copy gives way to them, too.
 */
export async function heldStage(enumeration: DumpEnumeration, cursor: HeldCursor): Promise<Step> {
  const page = await nextHolding(enumeration, cursor.page);
  if (!page) return moveTo(cursor.pass === 'orphans' ? { stage: 'held', pass: 'bare', page: 0 } : { stage: 'done' });
  const next: Cursor = { ...cursor, page: page.page + 1 };
  const entries = (await heldFiles(enumeration, page)).filter(
    (entry) => isOrphan(entry) === (cursor.pass === 'orphans'),
  );
  const packer = new ChunkPacker();
  const settled =
    cursor.pass === 'orphans'
      ? await claimInOrder(enumeration.ports, enumeration.job.id, entries)
      : await settleBare(enumeration, entries);
  for (const entries of together(settled)) {
    if (entries.length > 1) packer.addTogether(entries);
    else for (const entry of entries) packer.add(entry);
  }
  return { chunks: packer.chunks, next };
}

/** Members of one archive that follow each other: it is opened once for all of them. */
function together(entries: readonly FileEntry[]): FileEntry[][] {
  const groups: FileEntry[][] = [];
  for (const entry of entries) {
    const last = groups.at(-1);
    if (last && entry.member && last[0]?.file === entry.file) last.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

async function nextHolding({ ports, job, checkpoint }: DumpEnumeration, from: number): Promise<PlanPage | undefined> {
  for await (const page of pagesOfRound(ports.store, job.id, checkpoint.round, from)) if (page.held) return page;
  return undefined;
}

async function heldFiles({ ports }: DumpEnumeration, { object, held }: PlanPage): Promise<FileEntry[]> {
  return held ? readStoredLines<FileEntry>(ports.objects, object, held) : [];
}

function isOrphan(entry: FileEntry): boolean {
  return entry.index?.known === false && hasPixels(entry);
}

/** What is to become of files without pixel data: a copy of something complete, an image that has lost its pixels, or whole as it is. */
export async function settleBare(
  { ports, job }: DumpEnumeration,
  entries: readonly FileEntry[],
): Promise<readonly FileEntry[]> {
  const claims = await ports.store.claims(
    job.id,
    entries.flatMap((entry) => instanceOf(entry) ?? []),
  );
  let at = 0;
  const judged = entries.map((entry) => {
    const complete = instanceOf(entry)
      ? (claims[at++] ?? []).find(({ pixels, item }) => pixels && item !== entry.id)
      : undefined;
    if (complete && !hasPixels(entry))
      return { ...withRivals(entry, [complete.item]), final: { code: 'HEADER_ONLY_COPY' as const } };
    return judge(entry);
  });
  const claimed = await claimInOrder(
    ports,
    job.id,
    judged.filter((entry) => !entry.final && !entry.headerOnly),
  );
  const known = new Map(claimed.map((entry) => [entry.id, entry]));
  return judged.map((entry) => known.get(entry.id) ?? entry);
}

function judge(entry: FileEntry): FileEntry {
  const { index, content } = entry;
  const isCopy = index?.known && index.type === UNTIL_PIXEL_DATA;
  // What the index calls the DICOM file itself is complete, whatever it looks like.
  const isWhole = index?.known && index.type !== UNTIL_PIXEL_DATA && index.md5 !== undefined;
  if (isCopy || (content.dicom?.pixels === 'missing' && !isWhole)) return { ...entry, headerOnly: true };
  return content.dicom?.pixels === 'unknown' && !isWhole ? { ...entry, last: true } : entry;
}
