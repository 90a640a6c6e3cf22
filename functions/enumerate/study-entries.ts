import type { OrthancId } from '../core/ids.ts';
import type { Selection } from '../core/job.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { ListedInstance, OrthancServer } from '../orthanc/server.ts';
import { looksAtStudy, selectsSeries, selectsStudy } from './selection.ts';

/** Studies with at most so many instances, on average, are small: then to ask for each costs more than to describe its instances. */
const SMALL = 20;

/** The selected instances of one study, sorted; none when the study is gone or not selected. */
export async function selectedInstances(
  server: OrthancServer,
  study: OrthancId,
  selection: Selection,
): Promise<readonly OrthancId[]> {
  return (await listing(server, study, selection)).selected;
}

interface Listing {
  readonly selected: readonly OrthancId[];
  /** Instances of the study, selected or not. */
  readonly all: number;
}

async function isSelected(server: OrthancServer, study: OrthancId, selection: Selection): Promise<boolean> {
  if (!looksAtStudy(selection)) return true;
  const tags = await server.study(study);
  return tags !== undefined && selectsStudy(selection, tags);
}

async function listing(server: OrthancServer, study: OrthancId, selection: Selection): Promise<Listing> {
  if (!(await isSelected(server, study, selection))) return { selected: [], all: 0 };
  if (selection.modalities === undefined) {
    const instances = (await server.instances(study)) ?? [];
    return { selected: instances.toSorted(), all: instances.length };
  }
  const series = (await server.series(study)) ?? [];
  const all = series.reduce((sum, one) => sum + one.instances.length, 0);
  const wanted = series.filter((one) => selectsSeries(selection, one));
  return { selected: wanted.flatMap((one) => one.instances).sort(), all };
}

/** Whether it is best to have all instances of a study described: modalities are told of series alone. */
export async function hasSmallStudies(source: OrthancServer, { modalities }: Selection): Promise<boolean> {
  if (modalities !== undefined) return false;
  const { instances, studies } = await source.statistics();
  return instances <= studies * SMALL;
}

/** The selected instances of one study, sorted, with what the server tells of each; none when it is gone or not selected. */
export async function describedInstances(
  server: OrthancServer,
  study: OrthancId,
  selection: Selection,
): Promise<readonly ListedInstance[]> {
  if (!(await isSelected(server, study, selection))) return [];
  const instances = (await server.describedInstances(study)) ?? [];
  return instances.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** How plan entries are made of a server's studies: by what costs it the least. */
export async function entriesMaker(
  source: OrthancServer,
  selection: Selection,
): Promise<(study: OrthancId) => Promise<readonly InstanceEntry[]>> {
  const small = await hasSmallStudies(source, selection);
  return (study) => (small ? describedEntries : evenEntries)(source, study, selection);
}

/** The selected instances of one study as plan entries with their own sizes. */
async function describedEntries(
  source: OrthancServer,
  study: OrthancId,
  selection: Selection,
): Promise<readonly InstanceEntry[]> {
  const instances = await describedInstances(source, study, selection);
  const untold = instances.some(({ size }) => size === undefined);
  const mean = untold ? Math.ceil(((await source.studyBytes(study)) ?? 0) / instances.length) : 0;
  return instances.map(({ size = mean, ...one }) => ({ ...one, study, size }));
}

/**
 * The selected instances of one study as plan entries. Each is given the mean size of the study's instances: exact sizes of many
 * would cost more, and only the packing into chunks and the estimate of time depend on them.
 */
async function evenEntries(
  source: OrthancServer,
  study: OrthancId,
  selection: Selection,
): Promise<readonly InstanceEntry[]> {
  const [{ selected, all }, bytes] = await Promise.all([listing(source, study, selection), source.studyBytes(study)]);
  const size = all === 0 ? 0 : Math.ceil((bytes ?? 0) / all);
  return selected.map((id) => ({ id, study, size }));
}
