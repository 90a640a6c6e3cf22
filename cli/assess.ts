import type { Endpoint } from '../functions/core/endpoint.ts';
import { type JobKind, type JobOptions, writesTarget } from '../functions/core/job.ts';
import { type Assessment, assess, assessTarget } from '../functions/orthanc/assess.ts';
import { createServers } from '../functions/orthanc/servers.ts';
import { MemoryEndpoints } from './local/endpoints.ts';
import type { EndpointPair } from './options/endpoints.ts';
import type { Reporter } from './progress/reporter.ts';

/** Checks both servers before anything is stored, and tells what the operator should know. Raises `FatalError`. */
export async function assessFirst(
  { source, target }: EndpointPair,
  kind: JobKind,
  options: JobOptions,
  reporter: Reporter,
): Promise<Assessment> {
  const servers = createServers(new MemoryEndpoints([source, target]));
  try {
    const found = await assess(
      await servers.server(source.name, 'source'),
      await servers.server(target.name, 'target'),
      { conflict: options.conflict, labels: options.selection.labels !== undefined, writes: writesTarget(kind) },
    );
    for (const { code, message } of found.warnings) reporter.warning(code, message);
    return found;
  } finally {
    await servers.close();
  }
}

/** Checks the target of an import before anything is stored, and tells what the operator should know. Raises `FatalError`. */
export async function assessTargetFirst(
  target: Endpoint,
  kind: JobKind,
  { conflict }: JobOptions,
  reporter: Reporter,
): Promise<void> {
  const servers = createServers(new MemoryEndpoints([target]));
  try {
    const wanted = { conflict, labels: false, writes: writesTarget(kind) };
    const found = await assessTarget(await servers.server(target.name, 'target'), wanted);
    for (const { code, message } of found.warnings) reporter.warning(code, message);
  } finally {
    await servers.close();
  }
}
