import type { Answers } from '../functions/control/answers.ts';
import type { JobId } from '../functions/core/ids.ts';
import type { Job } from '../functions/core/job.ts';
import type { ObjectStore } from '../functions/core/ports.ts';
import type { DumpContent } from '../functions/evidence/dump-content.ts';
import type { Ask } from './ask.ts';

/** What can be asked about jobs wherever they are. */
export type LookType = 'jobs' | 'status' | 'failures' | 'cancel' | 'limits';

/** Where jobs are kept: in the state directory of this machine, or by a stack. */
export interface JobsPlace {
  readonly ask: Ask<LookType>;
  /** How a job is looked at again and again. `note` is told of what goes wrong meanwhile. */
  attend(note: (line: string) => void): (job: JobId) => Promise<Answers['status']>;
  /** What commands about these jobs need besides: `` or ` --stack NAME`. */
  readonly option: string;
  /** The state of a job for people. */
  shownState(job: Pick<Job, 'state'>): string;
  /** Of the process that works on them, where that is one of this machine. */
  workingPid(): number | undefined;
  /** What a job's evidence is read from. */
  evidence(job: JobId): ObjectStore;
  /** Where a person finds it. */
  evidencePlace(job: JobId): Promise<string>;
  /** Sums up what a dry run of an import found. */
  content(job: JobId): Promise<DumpContent>;
}
