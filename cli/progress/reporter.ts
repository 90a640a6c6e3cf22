import type { Job } from '../../functions/core/job.ts';
import type { RunProgress } from '../runtime/observe.ts';

/** How a command that runs a job tells about it. */
export interface Reporter {
  /** Something that the operator should know; the job goes on. */
  warning(code: string, message: string): void;
  /** The job begins (`new`) or goes on (`resumed`). */
  job(job: Job, how: 'new' | 'resumed' | 'retry'): void;
  progress(progress: RunProgress): void;
  /** A line about what the command does. */
  note(line: string): void;
  /** No more progress comes. */
  close(): void;
}

/** Writes one line, without its end. */
export type Print = (line: string) => void;
