import { FatalError, MigrationError, UsageError } from '../core/errors.ts';
import type { EndpointName, JobId, OrthancId } from '../core/ids.ts';
import type { Job, JobOptions } from '../core/job.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import { StreamedBody } from '../import/streamed-body.ts';
import { connectServer } from '../orthanc/client.ts';
import { deleteStudy } from '../orthanc/delete-study.ts';
import type { OrthancServer, RelayResult } from '../orthanc/server.ts';
import { cancelJob, requestJob } from '../supervise/requests.ts';
import type { Answers } from './answers.ts';
import { newJobId } from './job-id.ts';
import type { ControlPlace } from './place.ts';
import type { Requests } from './requests.ts';
import { hasWorkLeft } from './same-job.ts';
import { SMOKE_PATIENT_ID, SMOKE_PREFIX, smokeStudy } from './smoke-study.ts';
import { requireEndpoints } from './start.ts';
import { tickSoon } from './tick-soon.ts';

/** Whoever tries whether a deployment works does not wait for a day. */
const OPTIONS = { check: 'md5', conflict: 'keep-target', maxWaitMs: 5 * 60_000 } as const;

/** Stores a small study of nobody in the source, and starts a job that moves it. Raises `UsageError`, and SMOKE_NOT_STORED. */
export async function smoke(
  place: ControlPlace,
  { source, target }: Requests['smoke'],
  deadline: Deadline,
): Promise<Answers['smoke']> {
  const { ports, endpoints } = place;
  requireEndpoints(place, { kind: 'replicate', source, target });
  if (source === target) throw new UsageError(`${source} cannot be both source and target`);
  for (const { name, worker } of endpoints)
    if (worker && (name === source || name === target))
      throw new UsageError(`only a worker reaches ${name}: a smoke test is about the functions`);
  const study = await storeStudy(place, source);
  const options: JobOptions = { ...OPTIONS, selection: { studies: [study] } };
  const id = `${SMOKE_PREFIX}${newJobId(ports.clock.now())}` as JobId;
  const job = await requestJob(ports, { id, kind: 'replicate', source, target, options });
  await tickSoon(place, id, deadline);
  return { job: (await ports.store.job(id)) ?? job, study };
}

async function storeStudy({ ports, servers }: ControlPlace, source: EndpointName): Promise<OrthancId> {
  const upload = await servers.upload(source);
  const server = await servers.server(source, 'target');
  let study: OrthancId | undefined;
  for (const file of smokeStudy(ports.clock.now())) {
    const open = async () =>
      new StreamedBody(
        (async function* () {
          yield file;
        })(),
      );
    const result = await upload({ size: file.length, open });
    if (result.kind !== 'stored' || result.status !== 'Success') throw notStored(source, result);
    study = (await server.studiesOf([result.id])).get(result.id);
  }
  if (study) return study;
  throw new FatalError('SMOKE_NOT_STORED', `source ${source} does not have what it said it stored`);
}

function notStored(source: EndpointName, result: RelayResult): FatalError {
  const message = `source ${source} does not store the study of the smoke test: it ${whyNot(result)}; give it a user who may store`;
  return new FatalError('SMOKE_NOT_STORED', message);
}

function whyNot(result: RelayResult): string {
  switch (result.kind) {
    case 'stored':
      return `says ${result.status}`;
    case 'answer':
      return `answers HTTP ${result.answer.status}`;
    case 'mismatch':
      return 'got other bytes than were announced';
    case 'broken':
      return `breaks the connection (${result.breakage.detail})`;
  }
}

/** Ends a smoke test: deletes its study, and nothing else, from both servers. Raises NO_SMOKE_TEST. */
export async function cleanSmoke(
  { ports }: Pick<ControlPlace, 'ports'>,
  { job: id }: Requests['smoke-clean'],
): Promise<Answers['smoke-clean']> {
  const before = await ports.store.job(id);
  const [study] = before?.options.selection.studies ?? [];
  if (!before || !id.startsWith(SMOKE_PREFIX) || study === undefined)
    throw new MigrationError('NO_SMOKE_TEST', `there is no smoke test ${id}`);
  if (hasWorkLeft(before)) await cancelJob(ports, id);
  const removed = {
    source: await removeStudy(ports, before, 'source', study as OrthancId),
    target: await removeStudy(ports, before, 'target', study as OrthancId),
  };
  return { job: (await ports.store.job(id)) ?? before, removed };
}

async function removeStudy(ports: Ports, job: Job, side: 'source' | 'target', study: OrthancId): Promise<boolean> {
  const server = connectServer(await ports.endpoints.endpoint(job[side]), side);
  try {
    if (!(await isOurs(server, study))) return false;
    return await deleteStudy(server.http, study);
  } finally {
    await server.close();
  }
}

/** Raises NO_SMOKE_TEST for a study of anybody else. */
async function isOurs(server: OrthancServer, study: OrthancId): Promise<boolean> {
  const tags = await server.study(study);
  if (!tags) return false;
  if (tags.patientId === SMOKE_PATIENT_ID) return true;
  throw new MigrationError(
    'NO_SMOKE_TEST',
    `study ${study} at ${server.name} is none of a smoke test: it is left alone`,
  );
}
