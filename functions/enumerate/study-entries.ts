import { ahead } from '../core/ahead.ts';
import type { OrthancId } from '../core/ids.ts';
import type { Selection } from '../core/job.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { OrthancServer } from '../orthanc/server.ts';
import { looksAtStudy, selectsSeries, selectsStudy } from './selection.ts';

/** Studies that are read ahead of the one being planned. */
const AHEAD = 6;

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

async function listing(server: OrthancServer, study: OrthancId, selection: Selection): Promise<Listing> {
  if (looksAtStudy(selection)) {
    const tags = await server.study(study);
    if (!tags || !selectsStudy(selection, tags)) return { selected: [], all: 0 };
  }
  if (selection.modalities === undefined) {
    const instances = (await server.instances(study)) ?? [];
    return { selected: instances.toSorted(), all: instances.length };
  }
  const series = (await server.series(study)) ?? [];
  const all = series.reduce((sum, one) => sum + one.instances.length, 0);
  const wanted = series.filter((one) => selectsSeries(selection, one));
  return { selected: wanted.flatMap((one) => one.instances).sort(), all };
}

/**
 * The selected instances of one study as plan entries. Each is given the mean size of the study's instances: exact sizes
 * would cost a look-up each, and only the packing into chunks and the estimate of time depend on them.
 */
export async function studyEntries(
  source: OrthancServer,
  study: OrthancId,
  selection: Selection,
): Promise<readonly InstanceEntry[]> {
  const [{ selected, all }, bytes] = await Promise.all([listing(source, study, selection), source.studyBytes(study)]);
  const size = all === 0 ? 0 : Math.ceil((bytes ?? 0) / all);
  return selected.map((id) => ({ id, study, size }));
}

export interface StudyRead<T> {
  readonly index: number;
  readonly study: OrthancId;
  readonly value: T;
}

/** Reads something of each study in order, a few studies ahead. */
export function readAhead<T>(
  studies: readonly OrthancId[],
  first: number,
  read: (study: OrthancId) => Promise<T>,
): AsyncGenerator<StudyRead<T>> {
  return ahead(studies.entries(), AHEAD, async ([at, study]) => ({
    index: first + at,
    study,
    value: await read(study),
  }));
}
