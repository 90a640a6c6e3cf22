import { basename } from 'node:path';
import type { Job } from '../functions/core/job.ts';
import type { Endpoints } from '../functions/core/ports.ts';
import { exitCodeOf } from './exit-code-of.ts';
import type { ExitCode } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import type { Console } from './output/console.ts';
import type { Reporter } from './progress/reporter.ts';
import { Runtime } from './runtime/runtime.ts';
import type { State } from './runtime/state.ts';
import { endEvent, summaryLines } from './summary/summary.ts';
import { tallyOf } from './summary/tally.ts';

export interface RunTask {
  readonly console: Console;
  readonly reporter: Reporter;
  readonly state: State;
  readonly endpoints: Endpoints;
  readonly json: boolean;
  readonly quiet: boolean;
  /** Creates or resumes the job, with the run lock held. */
  readonly begin: (runtime: Runtime) => Promise<{ readonly job: Job; readonly how: 'new' | 'resumed' | 'retry' }>;
}

/** Runs one job to its end or until it is interrupted, and tells about it. */
export async function runJob(task: RunTask): Promise<ExitCode> {
  const { console, reporter, state } = task;
  const runtime = await Runtime.open(state, task.endpoints);
  const interrupt = onInterrupt(() => reporter.note('ending: waiting for what is on the wire (again to end at once)'));
  const startedAt = state.clock.now();
  try {
    const { job, how } = await task.begin(runtime);
    reporter.job(job, how);
    const end = await runtime.run(job.id, { onProgress: (look) => reporter.progress(look), signal: interrupt.signal });
    reporter.close();
    const tally = await tallyOf(runtime.ports, end.job);
    const told = { end, tally, startedAt, endedAt: state.clock.now(), directory: state.directory };
    const code = exitCodeOf(end, tally);
    if (task.json) console.out(JSON.stringify({ ...endEvent(told), exitCode: code }));
    else if (!task.quiet || code !== 0) for (const line of summaryLines(told)) console.out(line);
    return code;
  } finally {
    reporter.close();
    interrupt.release();
    await runtime.close();
  }
}

/** How the same command is given again, without anything that may be a credential. */
export function programName(): string {
  return basename(process.argv[1] ?? 'orthanc-migrate').replace(/\.[jt]s$/, '');
}
