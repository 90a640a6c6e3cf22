import type { Answers } from '../../functions/control/answers.ts';
import type { Warning } from '../../functions/orthanc/settings.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { RunTexts } from '../options/general.ts';
import type { Console } from '../output/console.ts';
import { reporterOf } from '../reporters.ts';
import { watchJob } from '../watch-job.ts';
import type { Stack } from './client.ts';
import { stackJobs } from './jobs.ts';

export interface Begun {
  readonly job: Answers['start']['job'];
  readonly how: 'new' | 'resumed' | 'retry';
  readonly warnings?: readonly Warning[];
}

/** Begins a job of a stack and follows it to its end, unless it shall be left alone (--detach). */
export async function runOnStack(
  console: Console,
  stack: Stack,
  texts: RunTexts,
  begin: () => Promise<Begun>,
): Promise<ExitCode> {
  const reporter = reporterOf(console, texts);
  const { job, how, warnings = [] } = await begin();
  for (const { code, message } of warnings) reporter.warning(code, message);
  reporter.job(job, how);
  if (!texts.detach) return watchJob({ console, reporter, place: stackJobs(stack), texts }, job.id);
  // With --json the event of the job has said it.
  if (!texts.json) console.out(job.id);
  return EXIT.done;
}
