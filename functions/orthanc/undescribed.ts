import { recogniseError } from './recognise.ts';

type Ask = (path: string) => Promise<{ status: number; contentType: string | undefined; body: Uint8Array }>;

/** Certainly unknown. A sub-route, because `/instances/{id}` itself answers 404 without a body on every server. */
const UNKNOWN_RESOURCE = 'instances/00000000-00000000-00000000-00000000-00000000/metadata';

/**
 * Finds out whether a server leaves its errors without a body (`"HttpDescribeErrors": false`). `undefined` when it cannot tell:
 * something else than Orthanc answers, or nothing.
 */
export async function asksUndescribed(ask: Ask): Promise<boolean | undefined> {
  try {
    const unknown = await ask(UNKNOWN_RESOURCE);
    if (unknown.status !== 404) return undefined;
    if (recogniseError(unknown.status, unknown.contentType, unknown.body, false).orthanc) return false;
    if (unknown.body.length > 0) return undefined;
    // An empty 404 may be a gateway's as well, unless Orthanc is there behind it.
    const system = await ask('system');
    return system.status === 200 && Buffer.from(system.body).includes('"DatabaseVersion"') ? true : undefined;
  } catch {
    return undefined;
  }
}
