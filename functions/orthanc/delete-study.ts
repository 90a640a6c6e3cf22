import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { isUnknownResource } from './json.ts';

/** Deletes a study with all its instances; `false` when the server does not know it. Raises `OrthancError`. */
export async function deleteStudy(http: OrthancHttp, study: OrthancId): Promise<boolean> {
  try {
    await http.bytes({ path: `studies/${study}`, method: 'DELETE' });
    return true;
  } catch (error) {
    if (isUnknownResource(error)) return false;
    throw error;
  }
}
