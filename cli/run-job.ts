import type { Beginning } from '../functions/control/begin-job.ts';
import { addCounts } from '../functions/core/counts.ts';
import { dumpContentOf } from '../functions/evidence/dump-content.ts';
import { progressOf } from '../functions/supervise/progress.ts';
import { evidenceFolder } from './evidence/manifest.ts';
import { tallyOf } from './evidence/tally.ts';
import type { ExitCode } from './exit-codes.ts';
import { onInterrupt } from './interrupt.ts';
import type { RunTexts } from './options/general.ts';
import type { Console } from './output/console.ts';
import type { Reporter } from './progress/reporter.ts';
import { type RunSources, Runtime } from './runtime/runtime.ts';
import type { State } from './runtime/state.ts';
import { tellEnd } from './tell-end.ts';

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
    const { job: last, kind, moved } = end;
    const { ports } = runtime;
    const counts = (await progressOf(ports, last.id))?.counts ?? addCounts(last.settled, last.harvested.counts);
    return tellEnd(console, texts, {
      kind,
      job: last,
      tally: await tallyOf(ports.objects, last, counts),
      evidence: evidenceFolder(state.directory, last.id),
      option: '',
      run: { durationMs: state.clock.now() - startedAt, moved },
      content: kind === 'ended' && last.kind === 'import-dry-run' ? await dumpContentOf(ports, last.id) : undefined,
    });
  } finally {
    reporter.close();
    interrupt.release();
    await runtime.close();
  }
}
