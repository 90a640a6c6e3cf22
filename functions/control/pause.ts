import { MigrationError } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import { resumeJob } from '../supervise/requests.ts';
import { updateJob } from '../supervise/update-job.ts';
import type { Changed } from './answers.ts';
import { findJob } from './find-job.ts';
import type { ControlPlace } from './place.ts';
import type { Requests } from './requests.ts';
import { tickSoon } from './tick-soon.ts';

/** Stops a job until somebody resumes it. What is on the wire still arrives. Raises JOB_ENDED. */
export async function pause({ ports }: Pick<ControlPlace, 'ports'>, wanted: Requests['pause']): Promise<Changed> {
  const { id } = await findJob(ports.store, wanted.job);
  let changed = false;
  const job = await updateJob(ports, id, (stored) => {
    changed = stored.state === 'requested' || stored.state === 'running';
    return changed ? paused(stored, ports) : undefined;
  });
  if (job && (changed || job.state === 'stopped')) return { job, changed };
  throw new MigrationError('JOB_ENDED', `job ${id} cannot be paused: it is ${job?.state}`);
}

function paused(job: Job, { clock }: Pick<Ports, 'clock'>): Job {
  const reason = { code: 'PAUSED', message: 'paused by the user; "orthanc-migrate resume" goes on' };
  return { ...job, state: 'stopped', reason, endedAt: clock.now() };
}

/** Lets a job that stopped go on. Raises JOB_ENDED. */
export async function resume(place: ControlPlace, wanted: Requests['resume'], deadline: Deadline): Promise<Changed> {
  const { ports } = place;
  const before = await findJob(ports.store, wanted.job);
  const { id, state, options } = before;
  if (state === 'requested' || state === 'running' || state === 'finishing') return { job: before, changed: false };
  if (state !== 'stopped') {
    const remedy = state === 'completed-with-failures' ? 'retry its failures' : 'start it anew';
    throw new MigrationError('JOB_ENDED', `job ${id} cannot be resumed: it is ${state}; ${remedy}`);
  }
  await resumeJob(ports, id, options);
  await tickSoon(place, id, deadline);
  return { job: (await ports.store.job(id)) ?? before, changed: true };
}
