import { createHash } from 'node:crypto';
import type { Endpoint } from '../../../functions/core/endpoint.ts';
import type { EndpointName, Md5, OrthancId } from '../../../functions/core/ids.ts';
import { makeInstance } from '../../support/dicom.ts';
import type { RunningOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';

/** An instance of the source, with what it must have recorded. */
export interface Copy {
  readonly instance: OrthancId;
  readonly recorded: { readonly size: number; readonly md5: Md5 };
}

/** Stores generated files of these sizes. */
export async function fill(server: RunningOrthanc, sizes: readonly number[], firstSeed = 1): Promise<Copy[]> {
  const recorded: Copy['recorded'][] = [];
  const files = (function* () {
    for (const [index, bytes] of sizes.entries()) {
      const file = makeInstance({ seed: firstSeed + index, bytes, studyUid: `1.2.3.${(firstSeed + index) % 10}` });
      recorded.push({ size: file.length, md5: createHash('md5').update(file).digest('hex') as Md5 });
      yield file;
    }
  })();
  const ids = await upload(server.url, files, { headers: server.headers });
  return recorded.map((one, index) => ({ instance: ids[index] as OrthancId, recorded: one }));
}

export function endpointOf(url: string, more: Partial<Endpoint> = {}): Endpoint {
  return { name: url as EndpointName, url: new URL(url), ...more };
}

export async function instancesOf(server: RunningOrthanc): Promise<number> {
  const answer = await fetch(`${server.url}statistics`, { headers: server.headers });
  return ((await answer.json()) as { CountInstances: number }).CountInstances;
}
