import type { Beginning } from '../functions/control/begin-job.ts';
import { dumpContentOf } from '../functions/evidence/dump-content.ts';
import { tallyOf } from './evidence/tally.ts';
import { exitCodeOf } from './exit-code-of.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import type { RunTexts } from './options/common.ts';
import type { Console } from './output/console.ts';
import type { Reporter } from './progress/reporter.ts';
import { type RunSources, Runtime } from './runtime/runtime.ts';
import type { State } from './runtime/state.ts';
import { dumpEvent, dumpLines } from './summary/dump.ts';
import { endEvent, summaryLines } from './summary/summary.ts';

export interface RunTask {
  readonly console: Console;
  readonly reporter: Reporter;
  readonly state: State;
  readonly sources: RunSources;
  readonly texts: RunTexts;
  /** Creates or resumes the job, with the run lock held. */
  readonly begin: (runtime: Runtime) => Promise<Beginning>;
}

/** Runs one job to its end or until it is interrupted, and tells about it. */
export async function runJob(task: RunTask): Promise<ExitCode> {
  const { console, reporter, state, texts } = task;
  const runtime = await Runtime.open(state, task.sources);
  const interrupt = onInterrupt(() => reporter.note('ending: waiting for what is on the wire (again to end at once)'));
  const startedAt = state.clock.now();
  try {
    const { job, how } = await task.begin(runtime);
    reporter.job(job, how);
    const end = await runtime.run(job.id, { onProgress: (look) => reporter.progress(look), signal: interrupt.signal });
    reporter.close();
    const tally = await tallyOf(runtime.ports, end.job);
    const code = exitCodeOf(end, tally);
    const told = {
      job: end.job,
      state: end.kind === 'interrupted' ? end.kind : end.job.state,
      tally,
      directory: state.directory,
      run: { durationMs: state.clock.now() - startedAt, moved: end.moved },
    };
    const content =
      end.kind === 'ended' && end.job.kind === 'import-dry-run'
        ? await dumpContentOf(runtime.ports, end.job.id)
        : undefined;
    if (texts.json)
      console.out(JSON.stringify({ ...endEvent(told), ...(content && dumpEvent(content)), exitCode: code }));
    else if (!texts.quiet || code !== EXIT.done)
      for (const line of [...(content ? dumpLines(content) : []), ...summaryLines(told)]) console.out(line);
    return code;
  } finally {
    reporter.close();
    interrupt.release();
    await runtime.close();
  }
}
