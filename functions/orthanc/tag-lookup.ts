import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { findResource } from './resource.ts';
import { candidates, patient, study, tagValue } from './schemas.ts';

/**
 * Resources with exactly this StudyInstanceUID or PatientID. `/tools/lookup` compares without case and accents, so each candidate
 * is read.
 */
export async function lookupTag(http: OrthancHttp, level: 'Study' | 'Patient', value: string): Promise<OrthancId[]> {
  const found = await askJson(http, { path: 'tools/lookup', body: value }, candidates);
  const exact: OrthancId[] = [];
  for (const { ID, Type } of found) {
    if (Type === level && (await tagOf(http, level, ID)) === value) exact.push(ID);
  }
  return exact.sort();
}

async function tagOf(http: OrthancHttp, level: 'Study' | 'Patient', id: OrthancId): Promise<string | undefined> {
  if (level === 'Study') {
    const found = await findResource(http, `studies/${id}`, study);
    return found && tagValue(found.MainDicomTags, 'StudyInstanceUID');
  }
  const found = await findResource(http, `patients/${id}`, patient);
  return found && tagValue(found.MainDicomTags, 'PatientID');
}
