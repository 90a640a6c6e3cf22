import type * as z from 'zod';
import { OrthancError } from './errors.ts';
import type { OrthancHttp } from './http.ts';
import { findJson, isUnknownResource } from './json.ts';

/**
 * GET of a resource's own route (`studies/{id}`). Its 404 has no body on any version of Orthanc, as a gateway's may have none:
 * a sub-route, whose 404 Orthanc describes, tells them apart.
 */
export async function findResource<T>(http: OrthancHttp, path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return await findJson(http, { path }, schema);
  } catch (error) {
    const empty404 = error instanceof OrthancError && error.answer?.status === 404;
    if (empty404 && (await isUnknown(http, path))) return undefined;
    throw error;
  }
}

async function isUnknown(http: OrthancHttp, path: string): Promise<boolean> {
  try {
    await http.bytes({ path: `${path}/metadata` });
    return false;
  } catch (error) {
    if (isUnknownResource(error)) return true;
    throw error;
  }
}
