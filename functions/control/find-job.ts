import { UsageError } from '../core/errors.ts';
import type { Job } from '../core/job.ts';
import type { JobStore } from '../core/ports.ts';

/** The job of this id or of an unambiguous beginning or end of one; the newest when none is given. Raises `UsageError`. */
export async function findJob(store: JobStore, wanted: string | undefined): Promise<Job> {
  const jobs = await store.jobs();
  if (wanted === undefined) {
    const [newest] = jobs;
    if (newest) return newest;
    throw new UsageError('there is no job yet; "orthanc-migrate replicate" or "import" starts one');
  }
  const exact = jobs.find((job) => job.id === wanted);
  if (exact) return exact;
  const [found, another] = jobs.filter(({ id }) => id.startsWith(wanted) || id.endsWith(wanted));
  if (found && !another) return found;
  if (found) throw new UsageError(`more than one job matches ${wanted}; "orthanc-migrate jobs" lists them`);
  throw new UsageError(`there is no job ${wanted}; "orthanc-migrate jobs" lists them`);
}
