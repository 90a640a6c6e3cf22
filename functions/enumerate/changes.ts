import type { OrthancId } from '../core/ids.ts';
import type { Cursor } from '../core/job.ts';
import { ChunkPacker } from '../core/packing.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { Change } from '../orthanc/server.ts';
import { afterChanges } from './after.ts';
import { outcomesOf, plannedBefore } from './planned-before.ts';
import { type Enumeration, moveTo, type Step } from './step.ts';
import { selectedInstances } from './study-entries.ts';

/** Changes read for one page. */
const CHANGES_AT_ONCE = 2000;

/** Plans what the source received since the round before, up to this round's cut-off. */
export async function changesStage(enumeration: Enumeration, cursor: Cursor & { stage: 'changes' }): Promise<Step> {
  const { job, checkpoint, source } = enumeration;
  const cutOff = checkpoint.cutOff ?? 0;
  const answer = await source.changes(cursor.since, CHANGES_AT_ONCE);
  const within = answer.changes.filter((change) => change.seq <= cutOff);
  const last = answer.changes.at(-1)?.seq ?? cutOff;
  const entries = await entriesOf(enumeration, within);
  const packer = new ChunkPacker();
  for (const entry of entries) packer.add(entry);
  const finished = answer.done || last >= cutOff;
  const planned = checkpoint.planned.instances + entries.length > 0;
  enumeration.ports.log.info(
    { job: job.id, since: cursor.since, cutOff, found: entries.length },
    'read the changes of the source',
  );
  if (finished) return { chunks: packer.chunks, next: afterChanges(checkpoint, planned) };
  return packer.chunks.length > 0
    ? { chunks: packer.chunks, next: { stage: 'changes', since: last } }
    : moveTo({ stage: 'changes', since: last });
}

async function entriesOf(enumeration: Enumeration, changes: readonly Change[]): Promise<InstanceEntry[]> {
  const { ports, job, checkpoint, source } = enumeration;
  const newest = new Map<OrthancId, number>();
  for (const { type, resource, seq } of changes) if (type === 'NewInstance') newest.set(resource, seq);
  const studies = await selectedWithStudies(enumeration, [...newest.keys()]);
  const places = await plannedBefore(enumeration, studies);
  const outcomes = await outcomesOf(enumeration, places);
  const before = await ports.store.checkpoint(job.id, checkpoint.round - 1);
  const fresh = [...studies].filter(([id]) => {
    const place = places.get(id);
    if (!place) return true;
    if (place.ref.round === checkpoint.round) return false;
    // Within the overlap it is known. After it, what has an outcome may have been stored anew with other content: it is compared again.
    return (newest.get(id) ?? 0) > (before?.cutOff ?? 0) && outcomes.has(id);
  });
  const recorded = await source.recorded(
    fresh.map(([id]) => id),
    { studies },
  );
  return fresh.map(([id, study]) => {
    const prior = outcomes.get(id);
    return { id, study, size: recorded.get(id)?.size ?? 0, ...(prior && { prior }) };
  });
}

/** The study of each instance that is still there and selected. */
async function selectedWithStudies(
  { job, source }: Enumeration,
  ids: readonly OrthancId[],
): Promise<Map<OrthancId, OrthancId>> {
  const studies = new Map(await source.studiesOf(ids));
  const { selection } = job.options;
  if (Object.keys(selection).length === 0) return studies;
  for (const study of new Set(studies.values())) {
    const selected = new Set(await selectedInstances(source, study, selection));
    for (const [id, its] of studies) if (its === study && !selected.has(id)) studies.delete(id);
  }
  return studies;
}
