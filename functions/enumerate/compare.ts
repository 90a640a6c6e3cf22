import type { OrthancId } from '../core/ids.ts';
import type { Cursor } from '../core/job.ts';
import { ChunkPacker } from '../core/packing.ts';
import type { InstanceEntry } from '../core/plan.ts';
import { comparisonOf } from './missing.ts';
import { outcomesOf, plannedBefore } from './planned-before.ts';
import { readTogether } from './read-ahead.ts';
import { candidateStudies } from './selection.ts';
import { type Enumeration, moveTo, STEP_MARGIN_MS, type Step } from './step.ts';
import { readStudyList, writeStudyList } from './study-list.ts';

type CompareCursor = Cursor & { stage: 'compare' };

const STUDIES_AT_ONCE = 500;
/**
 * Missing instances of one page. Each may be so large that it is a chunk of its own, and all chunks of a page are in one item of the job
 * store: of 400 kB at most, about 150 bytes of which go to each closed chunk.
 */
const MISSING_AT_ONCE = 2000;

/**
 * The comparison that ends a job: both servers are asked afresh, without regard to what was planned. What the source has
 * and the target has not, and what no finding explains, is planned.
 */
export async function compareStage(enumeration: Enumeration, cursor: CompareCursor): Promise<Step> {
  if (cursor.list === '') return openComparison(enumeration);
  const { missing, next } = await readMissing(enumeration, cursor);
  const packer = new ChunkPacker();
  for (const entry of await unexplained(enumeration, missing)) packer.add(entry);
  const finished = next.index >= next.count;
  return {
    chunks: packer.chunks,
    next: finished ? { stage: 'done' } : next,
    learned: { studies: { done: next.index, total: next.count } },
  };
}

/** As many missing instances as one page may have, the study of each, and where they end: maybe in the midst of a study. */
async function readMissing(
  enumeration: Enumeration,
  cursor: CompareCursor,
): Promise<{ readonly missing: ReadonlyMap<OrthancId, OrthancId>; readonly next: CompareCursor }> {
  const { ports, job, source, deadline } = enumeration;
  const target = await enumeration.target();
  const studies = await readStudyList(ports.objects, cursor, STUDIES_AT_ONCE);
  const { together, missing: missingOf } = await comparisonOf(source, target, job.options.selection);
  const missing = new Map<OrthancId, OrthancId>();
  const { after, ...place } = cursor;
  let next: CompareCursor = cursor;
  for await (const { index, study, value, more } of readTogether(studies, cursor.index, together, missingOf)) {
    const left = index === cursor.index && after !== undefined ? value.filter((id) => id > after) : value;
    const room = MISSING_AT_ONCE - missing.size;
    for (const id of left.slice(0, room)) missing.set(id, study);
    const last = left[room - 1];
    next = { ...place, ...(left.length > room && last !== undefined ? { index, after: last } : { index: index + 1 }) };
    // What was read is made use of, however late it is.
    if (missing.size >= MISSING_AT_ONCE || (!more && deadline.remainingMs() < STEP_MARGIN_MS)) break;
  }
  return { missing, next };
}

async function openComparison({ ports, job, checkpoint, source }: Enumeration): Promise<Step> {
  const studies = await candidateStudies(source, job.options.selection);
  if (studies.length === 0) return moveTo({ stage: 'done' });
  const list = await writeStudyList(ports.objects, job.id, checkpoint.round, studies);
  return moveTo(
    { stage: 'compare', list, count: studies.length, index: 0 },
    { studies: { done: 0, total: studies.length } },
  );
}

/** Of the missing instances: those that are no known failure and were in the source at the cut-off. */
async function unexplained(
  enumeration: Enumeration,
  missing: ReadonlyMap<OrthancId, OrthancId>,
): Promise<InstanceEntry[]> {
  if (missing.size === 0) return [];
  const { ports, job } = enumeration;
  const unknown = new Map<OrthancId, OrthancId>();
  for (const [id, study] of missing) {
    const finding = await ports.store.finding(job.id, id);
    if (!finding || finding.reopened) unknown.set(id, study);
  }
  const late = await storedAfterCutOff(enumeration, unknown);
  for (const id of late) unknown.delete(id);
  const outcomes = await outcomesOf(enumeration, await plannedBefore(enumeration, unknown));
  const recorded = await enumeration.source.recorded([...unknown.keys()], { studies: unknown });
  return [...unknown].map(([id, study]) => {
    const prior = outcomes.get(id);
    return { id, study, size: recorded.get(id)?.size ?? 0, ...(prior && { prior }) };
  });
}

async function storedAfterCutOff(
  { checkpoint, source }: Enumeration,
  ids: ReadonlyMap<OrthancId, OrthancId>,
): Promise<ReadonlySet<OrthancId>> {
  const late = new Set<OrthancId>();
  let since = checkpoint.cutOff ?? 0;
  for (let done = ids.size === 0; !done; ) {
    const answer = await source.changes(since, 2000);
    for (const { type, resource } of answer.changes)
      if (type === 'NewInstance' && ids.has(resource)) late.add(resource);
    since = answer.changes.at(-1)?.seq ?? since;
    done = answer.done || answer.changes.length === 0;
  }
  return late;
}
