import { FatalError } from '../core/errors.ts';
import { isOrthancId, type OrthancId } from '../core/ids.ts';
import type { Selection } from '../core/job.ts';
import type { OrthancServer, SeriesListing, StudyTags } from '../orthanc/server.ts';

/**
 * The studies that a selection can concern, sorted. Named studies and patients are looked up one by one and the rest is
 * listed whole: `/tools/find` is never used to list, since a server may cut its answers silently (LimitFindResults).
 * Raises STUDY_NOT_FOUND: a study that was asked for by name must not be left out silently.
 */
export async function candidateStudies(source: OrthancServer, selection: Selection): Promise<readonly OrthancId[]> {
  if (selection.studies)
    return sorted((await Promise.all(selection.studies.map((study, at) => namedStudy(source, study, at + 1)))).flat());
  if (selection.patientIds)
    return sorted((await Promise.all(selection.patientIds.map((id) => studiesOf(source, id)))).flat());
  return source.studies();
}

async function namedStudy(source: OrthancServer, name: string, position: number): Promise<readonly OrthancId[]> {
  const found = isOrthancId(name) ? ((await source.study(name)) ? [name] : []) : await source.lookup('Study', name);
  if (found.length > 0) return found;
  // Anything else that was typed may identify a patient, and this text is logged and published.
  const which = isOrthancId(name) ? name : `like value ${position} of --study`;
  throw new FatalError(
    'STUDY_NOT_FOUND',
    `the source ${source.name} has no study ${which}; give an Orthanc ID or a StudyInstanceUID that it has`,
  );
}

async function studiesOf(source: OrthancServer, patientId: string): Promise<readonly OrthancId[]> {
  const patients = await source.lookup('Patient', patientId);
  return (await Promise.all(patients.map((patient) => source.studiesOfPatient(patient)))).flat();
}

function sorted(ids: readonly OrthancId[]): readonly OrthancId[] {
  return [...new Set(ids)].sort();
}

/** Whether the study's own tags must be read to know. */
export function looksAtStudy({ studies, patientIds, studyDate, labels }: Selection): boolean {
  return [studies, patientIds, studyDate, labels].some((part) => part !== undefined);
}

/** Whether the tags of a study fit; modalities are looked at series by series. */
export function selectsStudy(selection: Selection, study: StudyTags): boolean {
  const { studies, patientIds, studyDate, labels } = selection;
  if (studies && !studies.some((wanted) => wanted === study.id || wanted === study.studyInstanceUid)) return false;
  if (patientIds && !patientIds.includes(study.patientId ?? '')) return false;
  if (labels && !labels.some((label) => study.labels.includes(label))) return false;
  if (!studyDate) return true;
  const date = study.studyDate ?? '';
  if (date === '') return false;
  return date >= (studyDate.from ?? '') && date <= (studyDate.to ?? '99999999');
}

export function selectsSeries({ modalities }: Selection, series: SeriesListing): boolean {
  return modalities === undefined || modalities.includes(series.modality ?? '');
}
