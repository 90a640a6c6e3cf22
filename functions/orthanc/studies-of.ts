import { eachBounded } from '../core/bounded.ts';
import type { OrthancId } from '../core/ids.ts';
import type { BulkContent } from './bulk-content.ts';
import type { OrthancHttp } from './http.ts';
import { findJson } from './json.ts';
import { bulkInstances, bulkSeries, study } from './schemas.ts';

const CONCURRENT = 8;

/** The study of each of these instances: by two questions for many of them where the server has those, else one by one. */
export async function studiesOf(
  http: OrthancHttp,
  bulk: BulkContent,
  instances: readonly OrthancId[],
): Promise<Map<OrthancId, OrthancId>> {
  const found = new Map<OrthancId, OrthancId>();
  if (!(await addTogether(bulk, instances, found))) await addSingly(http, instances, found);
  return found;
}

async function addTogether(
  bulk: BulkContent,
  instances: readonly OrthancId[],
  found: Map<OrthancId, OrthancId>,
): Promise<boolean> {
  const rows = await bulk.of('Instance', instances, bulkInstances);
  const parents = rows && (await bulk.of('Series', [...new Set(rows.map((row) => row.ParentSeries))], bulkSeries));
  if (!rows || !parents) return false;
  const studies = new Map(parents.map(({ ID, ParentStudy }) => [ID, ParentStudy]));
  for (const { ID, ParentSeries } of rows) {
    const its = studies.get(ParentSeries);
    // Absent when its series went away between the two questions.
    if (its !== undefined) found.set(ID, its);
  }
  return true;
}

async function addSingly(
  http: OrthancHttp,
  instances: readonly OrthancId[],
  found: Map<OrthancId, OrthancId>,
): Promise<void> {
  await eachBounded(instances, CONCURRENT, async (id) => {
    const its = await findJson(http, { path: `instances/${id}/study` }, study);
    if (its) found.set(id, its.ID);
  });
}
