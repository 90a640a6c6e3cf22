import type { OrthancId } from '../core/ids.ts';
import type { Cursor } from '../core/job.ts';
import { ChunkPacker } from '../core/packing.ts';
import { PAGE_CHUNKS } from '../core/plan.ts';
import { readAhead } from './read-ahead.ts';
import { type Enumeration, STEP_MARGIN_MS, type Step } from './step.ts';
import { entriesMaker } from './study-entries.ts';
import { readStudyList } from './study-list.ts';

type StudiesCursor = Cursor & { stage: 'studies' };

/** Studies taken from the list for one page; more than these rarely fit. */
const STUDIES_AT_ONCE = 2000;
/** The first pages are short, so that transfers begin soon. */
const FIRST_PAGE_CHUNKS = 4;

/** Plans the next page from the frozen study list. */
export async function studiesStage(enumeration: Enumeration, cursor: StudiesCursor): Promise<Step> {
  const { ports, job, checkpoint, source, deadline } = enumeration;
  const { selection } = job.options;
  const maxChunks = Math.min(PAGE_CHUNKS, FIRST_PAGE_CHUNKS * 2 ** checkpoint.nextPage);
  const studies = await readStudyList(ports.objects, cursor, STUDIES_AT_ONCE);
  const packer = new ChunkPacker();
  let first: OrthancId | undefined;
  let last: OrthancId | undefined;
  let next: StudiesCursor = cursor;
  const entriesOf = await entriesMaker(source, selection);
  for await (const { index, study, value } of readAhead(studies, cursor.index, entriesOf)) {
    const after = index === cursor.index ? cursor.after : undefined;
    for (const entry of value) {
      if (after !== undefined && entry.id <= after) continue;
      if (packer.isFull(maxChunks)) return step(next);
      packer.add(entry);
      first ??= study;
      last = study;
      next = { stage: 'studies', list: cursor.list, count: cursor.count, index, after: entry.id };
    }
    next = { stage: 'studies', list: cursor.list, count: cursor.count, index: index + 1 };
    if (deadline.remainingMs() < STEP_MARGIN_MS) break;
  }
  return step(next);

  function step(to: StudiesCursor): Step {
    const finished = to.index >= to.count && to.after === undefined;
    return {
      chunks: packer.chunks,
      next: finished ? { stage: 'done' } : to,
      ...(first && last && { studies: { first, last } }),
      learned: { studies: { done: to.index, total: to.count } },
    };
  }
}
