import { changedChunk, closedChunk, pageWithChunk, queuedPage } from '../../core/chunk-state.ts';
import type { ChunkRef, JobId } from '../../core/ids.ts';
import type { ChunkState, PlanPage } from '../../core/plan.ts';
import type { ChunkChange, Closure } from '../../core/ports.ts';
import { chunkText, receiptPrefix } from './chunk-text.ts';
import { ABSENT, equal } from './condition.ts';
import { putItem, readItem, updateItem, writeToken } from './items.ts';
import { pageKey } from './keys.ts';
import { chunkName, pageAttributes, parsePage } from './page-item.ts';
import { queryItems } from './query.ts';
import type { Item } from './stored.ts';
import type { Table } from './table-access.ts';

/** Stores the page unless that number is taken, and returns what is stored then. */
export async function putPage(table: Table, page: PlanPage): Promise<PlanPage> {
  const { item } = await putItem(table, pageKey(page.job, page.round, page.page), pageAttributes(page), ABSENT);
  return item ? parsePage(item).page : page;
}

export async function readPage(table: Table, job: JobId, round: number, page: number): Promise<PlanPage | undefined> {
  const item = await readItem(table, pageKey(job, round, page));
  return item && parsePage(item).page;
}

export async function readPages(
  table: Table,
  job: JobId,
  round: number,
  from: number,
  limit: number,
): Promise<readonly PlanPage[]> {
  const { pk, sk } = pageKey(job, round, from);
  return (await queryItems(table, pk, { from: sk }, limit)).map((item) => parsePage(item).page);
}

/** The page after the change of a chunk; `undefined` when there is nothing to change. */
export async function changeChunk(table: Table, ref: ChunkRef, change: ChunkChange): Promise<PlanPage | undefined> {
  return setChunk(table, ref, (chunk) => changedChunk(chunk, change));
}

/** `false` when another attempt closed the chunk before. */
export async function closeChunk(table: Table, ref: ChunkRef, closure: Closure): Promise<boolean> {
  return (await setChunk(table, ref, (chunk) => closedChunk(chunk, closure))) !== undefined;
}

/**
 * Replaces one chunk, if it is still what the change was made from, else begins again: others may change the same chunk meanwhile,
 * and those that change other chunks of the page do not matter.
 *
 * A change that took effect although its answer was lost is known by its token. Should somebody else have changed the chunk again
 * before that is seen, it is made twice: an attempt too many is counted then, which is the safe side. Nothing comes after a closure.
 */
async function setChunk(
  table: Table,
  ref: ChunkRef,
  change: (chunk: ChunkState) => ChunkState | undefined,
): Promise<PlanPage | undefined> {
  const key = pageKey(ref.job, ref.round, ref.page);
  const name = chunkName(ref.chunk);
  const token = writeToken();
  let item = await readItem(table, key);
  while (item) {
    const { page, tokens } = parsePage(item);
    if (tokens[ref.chunk] === token) return page;
    const before = item[name];
    const after = pageWithChunk(page, ref.chunk, change)?.chunks[ref.chunk];
    if (!before || !after) return undefined;
    const text = { S: chunkText(after, receiptPrefix(ref), token) };
    const written = await updateItem(table, key, { [name]: text }, equal({ [name]: before }));
    if (written.done) return written.item && parsePage(written.item).page;
    item = written.item;
  }
  return undefined;
}

/**
 * So many chunks are marked with one write: an expression may have 4 KB and 300 operators, and the page of a comparison or of changes that
 * are large has far more chunks than others. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Limits.html
 */
const MARKED_AT_ONCE = 100;

/** Marks every planned chunk of a page as queued. Whose change a chunk had last it still tells. */
export async function markQueued(table: Table, job: JobId, round: number, page: number, at: number): Promise<void> {
  const key = pageKey(job, round, page);
  let item = await readItem(table, key);
  while (item) {
    const marks = queueMarks(item, at);
    const names = Object.keys(marks);
    if (names.length === 0) return;
    const before = Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)));
    item = (await updateItem(table, key, marks, equal(before))).item;
  }
}

/** The new texts of chunks that are planned and not marked so yet: the first of them. */
function queueMarks(item: Item, at: number): Item {
  const { page, tokens } = parsePage(item);
  const prefix = receiptPrefix(page);
  const texts = queuedPage(page, at).chunks.map((chunk, index) => chunkText(chunk, prefix, tokens[index] ?? ''));
  const marks = texts.map((text, index) => [chunkName(index), text] as const);
  const changed = marks.filter(
    ([name, text], index) => page.chunks[index]?.state === 'planned' && item[name]?.S !== text,
  );
  return Object.fromEntries(changed.slice(0, MARKED_AT_ONCE).map(([name, text]) => [name, { S: text }]));
}

/** `false` when somebody else marked it before. */
export async function markHarvested(table: Table, job: JobId, round: number, page: number): Promise<boolean> {
  const token = writeToken();
  const unmarked = {
    expression: 'attribute_exists(#pk) AND attribute_not_exists(#harvested)',
    names: { '#pk': 'pk', '#harvested': 'harvested' },
  };
  const { done, item } = await updateItem(table, pageKey(job, round, page), { harvested: { S: token } }, unmarked);
  return done || item?.harvested?.S === token;
}
