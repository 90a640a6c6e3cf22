import type * as z from 'zod';
import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { findResource } from './resource.ts';
import { candidates, instance, patient, study, tagValue } from './schemas.ts';

/**
 * Resources with exactly this value of the tag that identifies them. `/tools/lookup` compares without case and accents, so each candidate
 * is read.
 */
export async function lookupTag(http: OrthancHttp, level: Level, value: string): Promise<OrthancId[]> {
  const found = await askJson(http, { path: 'tools/lookup', body: value }, candidates);
  const exact: OrthancId[] = [];
  for (const { ID, Type } of found) {
    if (Type === level && (await tagOf(http, level, ID)) === value) exact.push(ID);
  }
  return exact.sort();
}

const LEVELS = {
  Patient: { path: 'patients', schema: patient, tag: 'PatientID' },
  Study: { path: 'studies', schema: study, tag: 'StudyInstanceUID' },
  Instance: { path: 'instances', schema: instance, tag: 'SOPInstanceUID' },
} as const;
type Level = keyof typeof LEVELS;

async function tagOf(http: OrthancHttp, level: Level, id: OrthancId): Promise<string | undefined> {
  const { path, schema, tag } = LEVELS[level];
  const found = await findResource<z.infer<typeof schema>>(http, `${path}/${id}`, schema);
  return found && tagValue(found.MainDicomTags, tag);
}
