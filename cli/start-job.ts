import { beginJob } from '../functions/control/begin-job.ts';
import type { LimitChanges } from '../functions/control/limits.ts';
import type { Job, JobKind } from '../functions/core/job.ts';
import { assessFirst } from './assess.ts';
import type { ExitCode } from './exit-codes.ts';
import { MemoryEndpoints } from './local/endpoints.ts';
import type { EndpointPair } from './options/endpoints.ts';
import { type RunTexts, stateDirectory } from './options/general.ts';
import type { Console } from './output/console.ts';
import { reporterOf } from './reporters.ts';
import { runJob } from './run-job.ts';
import { openState } from './runtime/state.ts';

export interface Wanted {
  readonly kind: JobKind;
  readonly endpoints: EndpointPair;
  readonly options: Job['options'];
  readonly limits: LimitChanges;
  /** A new job even where an unfinished one could be continued. */
  readonly restart: boolean;
}

/** Checks both servers, then runs a job over them: the unfinished one of the same identity, or a new one. */
export async function startJob(console: Console, wanted: Wanted, texts: RunTexts): Promise<ExitCode> {
  const { endpoints, kind, options } = wanted;
  const directory = stateDirectory(texts);
  const reporter = reporterOf(console, texts);
  await assessFirst(endpoints, kind, options, reporter);
  const state = openState({ directory, verbose: texts.verbose ?? false });
  try {
    return await runJob({
      console,
      reporter,
      state,
      sources: { endpoints: new MemoryEndpoints([endpoints.source, endpoints.target]) },
      texts,
      begin: (runtime) =>
        beginJob(runtime.ports, { ...wanted, source: endpoints.source.name, target: endpoints.target.name }, () =>
          runtime.forgetMessages(),
        ),
    });
  } finally {
    state.close();
  }
}
