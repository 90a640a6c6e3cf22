import { type Job, takesUploads } from '../core/job.ts';

/** Whether such a job waits while one of its servers is away: one that takes in uploads does so even before it has begun. */
export function waitsForServers(job: Pick<Job, 'dump' | 'state'>): boolean {
  return job.state === 'running' || (job.state === 'requested' && takesUploads(job));
}
