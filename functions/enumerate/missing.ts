import { eachBounded } from '../core/bounded.ts';
import type { OrthancId } from '../core/ids.ts';
import type { Selection } from '../core/job.ts';
import type { ListedInstance, OrthancServer } from '../orthanc/server.ts';
import { describedInstances, hasSmallStudies, selectedInstances } from './study-entries.ts';

/** Small studies that are compared at once. */
const SMALL_TOGETHER = 50;
const PARALLEL = 8;
/** Instances of a study among small ones from which on the target had better list it. */
const LARGE = 1000;

/** How two servers are compared by what costs them the least. */
export interface Comparison {
  /** Studies that it is best given at once. */
  readonly together: number;
  /** The selected instances of each of these studies that the target has not, sorted. */
  missing(studies: readonly OrthancId[]): Promise<readonly (readonly OrthancId[])[]>;
}

export async function comparisonOf(
  source: OrthancServer,
  target: OrthancServer,
  selection: Selection,
): Promise<Comparison> {
  const small = (await target.findsByUid()) && (await hasSmallStudies(source, selection));
  return {
    together: small ? SMALL_TOGETHER : 1,
    missing: (studies) =>
      small
        ? missingOfSmall(source, target, selection, studies)
        : Promise.all(studies.map((study) => missingOf(source, target, selection, study))),
  };
}

/** Both servers list the study. */
async function missingOf(
  source: OrthancServer,
  target: OrthancServer,
  selection: Selection,
  study: OrthancId,
): Promise<readonly OrthancId[]> {
  const [wanted, held] = await Promise.all([selectedInstances(source, study, selection), target.instances(study)]);
  return without(wanted, new Set(held));
}

/** The source lists the studies, and the target is asked for the instances of all of them together. */
async function missingOfSmall(
  source: OrthancServer,
  target: OrthancServer,
  selection: Selection,
  studies: readonly OrthancId[],
): Promise<readonly (readonly OrthancId[])[]> {
  const listed = new Map<OrthancId, readonly ListedInstance[]>();
  await eachBounded(studies, PARALLEL, async (study) => {
    listed.set(study, await describedInstances(source, study, selection));
  });
  const held = new Set<OrthancId>();
  const hints = { studies: new Map<OrthancId, OrthancId>(), sopInstanceUids: new Map<OrthancId, string>() };
  for (const [study, instances] of listed) {
    if (instances.length > LARGE) for (const id of (await target.instances(study)) ?? []) held.add(id);
    else addHints(hints, study, instances);
  }
  if (hints.studies.size > 0)
    for (const id of (await target.recorded([...hints.studies.keys()], hints)).keys()) held.add(id);
  return studies.map((study) =>
    without(
      (listed.get(study) ?? []).map(({ id }) => id),
      held,
    ),
  );
}

function addHints(
  hints: { readonly studies: Map<OrthancId, OrthancId>; readonly sopInstanceUids: Map<OrthancId, string> },
  study: OrthancId,
  instances: readonly ListedInstance[],
): void {
  for (const { id, sopInstanceUid } of instances) {
    hints.studies.set(id, study);
    if (sopInstanceUid !== undefined) hints.sopInstanceUids.set(id, sopInstanceUid);
  }
}

function without(wanted: readonly OrthancId[], held: ReadonlySet<OrthancId>): readonly OrthancId[] {
  return wanted.filter((id) => !held.has(id));
}
