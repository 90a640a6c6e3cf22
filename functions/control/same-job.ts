import type { EndpointName } from '../core/ids.ts';
import { type Job, type JobKind, type Selection, takesUploads } from '../core/job.ts';

/** What makes two commands mean the same job. How it checks and how long it waits may change on the way. */
export interface JobIdentity {
  readonly kind: JobKind;
  readonly source: EndpointName;
  readonly target: EndpointName;
  readonly selection: Selection;
}

/** No command means a job that takes in uploads: it has the name of its prefix, but lists nothing of what is there. */
export function isSameJob(job: Job, wanted: JobIdentity): boolean {
  return (
    !takesUploads(job) &&
    job.kind === wanted.kind &&
    job.source === wanted.source &&
    job.target === wanted.target &&
    canonical(job.options.selection) === canonical(wanted.selection)
  );
}

/** The newest of these jobs (newest first) that is the same, if it still has work left. */
export function unfinishedJob(jobs: readonly Job[], wanted: JobIdentity): Job | undefined {
  const newest = jobs.find((job) => isSameJob(job, wanted));
  return newest && hasWorkLeft(newest) ? newest : undefined;
}

export function hasWorkLeft({ state }: Job): boolean {
  return state === 'requested' || state === 'running' || state === 'finishing' || state === 'stopped';
}

/** Neither order nor repetition changes what is selected. */
function canonical(selection: Selection): string {
  const { studies, patientIds, modalities, labels, studyDate } = selection;
  const lists = [studies, patientIds, modalities, labels].map((list) => list && [...new Set(list)].sort());
  return JSON.stringify([lists, studyDate?.from, studyDate?.to]);
}
