import type { JobsPlace } from './jobs-place.ts';
import { type CommonTexts, stateDirectory } from './options/general.ts';
import { stackOf } from './options/stack.ts';
import type { Console } from './output/console.ts';
import { localJobs } from './runtime/local-jobs.ts';
import { openState } from './runtime/state.ts';
import { stackJobs } from './stack/jobs.ts';
import { withStack } from './stack/with-stack.ts';
import { withState } from './with-state.ts';

/** Looks at jobs, where the options say. Raises `UsageError` when there is no state directory, unless one shall be made. */
export async function withJobs<T>(
  console: Console,
  texts: CommonTexts,
  use: (place: JobsPlace) => Promise<T>,
  { make = false } = {},
): Promise<T> {
  const stack = stackOf(texts);
  if (stack !== undefined) return withStack(console, stack, texts, (opened) => use(stackJobs(opened)));
  if (!make) return withState(texts, (state) => use(localJobs(state)));
  const state = openState({ directory: stateDirectory(texts), verbose: texts.verbose ?? false });
  try {
    return await use(localJobs(state));
  } finally {
    state.close();
  }
}
