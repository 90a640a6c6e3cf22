import { UsageError } from '../core/errors.ts';
import type { EndpointName } from '../core/ids.ts';
import { type Job, type JobOptions, readsDump, serversOf, writesTarget } from '../core/job.ts';
import type { Deadline } from '../core/ports.ts';
import { assess, assessTarget } from '../orthanc/assess.ts';
import type { Warning } from '../orthanc/settings.ts';
import type { Answers } from './answers.ts';
import { type Beginning, beginJob } from './begin-job.ts';
import { dumpName } from './dump-name.ts';
import type { ControlPlace } from './place.ts';
import type { StartRequest } from './requests.ts';
import { SMOKE_PREFIX } from './smoke-study.ts';
import { tickSoon } from './tick-soon.ts';

/** A job's record is one item of DynamoDB, which has 400 kB at most. */
const MOST_BYTES = 300_000;

type Named = Pick<Job, 'kind' | 'source' | 'target'>;

/** Checks the servers of a job, then requests it or goes on with it. Raises `FatalError` and `UsageError`; nothing is begun then. */
export async function start(place: ControlPlace, request: StartRequest, deadline: Deadline): Promise<Answers['start']> {
  const named = namesOf(request);
  requireEndpoints(place, named);
  const warnings = await checkServers(place, named, request);
  const { job, how } = await begin(place, request, deadline);
  return { job, how: how === 'new' ? 'new' : 'resumed', warnings };
}

/** The same without a look at the servers: the supervisor checks them, and tells of a job that cannot begin. Raises `UsageError`. */
export async function begin(place: ControlPlace, request: StartRequest, deadline: Deadline): Promise<Beginning> {
  const { ports } = place;
  const named = namesOf(request);
  requireEndpoints(place, named);
  if (request.id?.startsWith(SMOKE_PREFIX))
    throw new UsageError(`id ${request.id}: ids that begin with ${SMOKE_PREFIX} are those of smoke tests`);
  const roots = 'roots' in request ? request.roots : undefined;
  if (Buffer.byteLength(JSON.stringify([request.options, roots])) > MOST_BYTES)
    throw new UsageError('the selection is too long for one job (300 kB); split it into several jobs');
  const { options, limits, restart, id } = request;
  const { job, how } = await beginJob(ports, {
    ...named,
    options,
    limits,
    restart,
    ...(id !== undefined && { id }),
    ...(roots && { keepPlaces: async () => ({ roots: [...new Set(roots)].sort() }) }),
  });
  await tickSoon(place, job.id, deadline);
  return { job: (await ports.store.job(job.id)) ?? job, how };
}

function namesOf(request: StartRequest): Named {
  const { kind, target } = request;
  if ('source' in request) return { kind, target, source: request.source };
  return { kind, target, source: dumpName([...new Set(request.roots)].sort()) };
}

/** Raises `UsageError`. */
export function requireEndpoints(place: ControlPlace, named: Named): void {
  for (const name of serversOf(named)) requireEndpoint(place, name);
}

/** Raises `UsageError`. */
export function requireEndpoint({ endpoints }: Pick<ControlPlace, 'endpoints'>, name: EndpointName): void {
  if (endpoints.some((endpoint) => endpoint.name === name)) return;
  const known = endpoints.map((endpoint) => endpoint.name).join(', ');
  // Of an event this is logged, and what is no name may be a URL with a password.
  const shown = /^[\w-]{1,64}$/.test(name) ? name : 'of that name (a name has letters, digits, "-" and "_" alone)';
  throw new UsageError(`there is no endpoint ${shown}; the stack is configured with ${known === '' ? 'none' : known}`);
}

async function checkServers(
  { endpoints, servers }: ControlPlace,
  { kind, source, target }: Named,
  { options }: StartRequest,
): Promise<readonly Warning[]> {
  const far = serversOf({ kind, source, target }).find((name) =>
    endpoints.some((one) => one.name === name && one.worker),
  );
  if (far !== undefined) {
    const message = `only a worker reaches ${far}: it checks the servers once it begins ("orthanc-migrate worker")`;
    return [{ code: 'NOT_CHECKED', message }];
  }
  const { conflict, selection }: JobOptions = options;
  const wanted = { conflict, labels: selection.labels !== undefined, writes: writesTarget(kind) };
  const server = await servers.server(target, 'target');
  if (!readsDump(kind)) return (await assess(await servers.server(source, 'source'), server, wanted)).warnings;
  return (await assessTarget(server, wanted)).warnings;
}
